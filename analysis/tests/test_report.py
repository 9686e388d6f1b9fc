"""The page: whole, self-contained, honest about what is missing."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import conftest
import pamir
import synthetic
from pamir import formats, html, report
from pamir.__main__ import main, report_main

SCRIPT = conftest.ANALYSIS / "bin" / "pamir-report"
VOID = {"meta", "br", "hr", "img", "link", "input"}


class _Checker(HTMLParser):
    """Collects ids and links, and sees that elements are closed in order."""

    def __init__(self):
        super().__init__()
        self.stack, self.ids, self.links, self.problems = [], [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.stack.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "srcset", "action", "data"):
                self.links.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.problems.append(tag)


def check_page(text):
    """Well-formed, self-contained, ids unique, inner links lead somewhere."""
    checker = _Checker()
    checker.feed(text)
    assert not checker.problems and not checker.stack, (checker.problems, checker.stack)
    assert len(checker.ids) == len(set(checker.ids)), "an id is used twice"
    assert all(link.startswith("#") for link in checker.links), [x for x in checker.links if not x.startswith("#")]
    assert {link[1:] for link in checker.links} <= set(checker.ids)
    assert "<script" not in text and "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    # What a reader must never miss.
    assert "simulation error only" in text
    assert "assumed voluntary" in text
    assert "No output may be cited as evidence of consent." in text
    assert "OHCHR" in text and "Special Rapporteur on slavery" in text and "111 and 122" in text
    assert not re.search(r"\bnan\b|\bNaT\b", re.sub(r"<details>.*?</details>", "", text, flags=re.S)), "an unexplained NaN"


@pytest.fixture(scope="module")
def small_path(tmp_path_factory):
    """The smallest result that can be compared: two arms, two replicates."""
    path = tmp_path_factory.mktemp("small") / "small.h5"
    synthetic.write(path, synthetic.Spec(arms=("reference", "land"), n_replicates=2))
    return path


@pytest.fixture(scope="module")
def page(whole_path):
    with pamir.open(whole_path) as run:
        return report.render(run)


def test_page_is_well_formed_and_holds_no_link_to_elsewhere(page):
    check_page(page)


def test_page_shows_the_planted_numbers(page):
    flat = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "+400 \N{PLUS-MINUS SIGN} 17" in flat  # real
    assert "+528 \N{PLUS-MINUS SIGN} 22" in flat  # nominal, mean of 2028-2030
    assert "\N{MINUS SIGN}40 \N{PLUS-MINUS SIGN} 17" in flat  # cattle loses
    assert "of the panel's households 30% gained, 10% lost" in flat
    assert "29.50" in flat  # million CNY paid


def test_page_has_every_section(page):
    for name in ("brief", "income", "poverty", "who", "cost", "offers", "life", "claims", "assumed"):
        assert f'<h2 id="{name}">' in page
    assert page.count("<svg ") >= 15


def test_page_prints_the_tag_of_each_moment(page):
    for tag in ("imposed", "fitted", "emergent"):
        assert f"<strong>{tag}</strong>" in page


def test_texts_of_the_file_are_escaped(page):
    assert "barley &amp; &lt;forage&gt;" in page


def test_same_file_gives_the_same_page(small_path):
    pages = []
    for _ in range(2):
        with pamir.open(small_path) as run:
            pages.append(report.render(run))
    assert pages[0] == pages[1]


def test_page_says_which_rows_are_missing(lossy):
    text = report.render(lossy)
    check_page(text)
    assert "3 of 32 rows are missing or failed" in text
    assert "all: replicate 2 (the model broke one of its own promises)" in text
    assert "all: replicate 4 (not run)" in text
    assert "fewer where rows were lost" in text


def test_arm_without_any_pair_is_named_and_left_out(tmp_path):
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference", "land", "yak"), n_replicates=2, lost={("land", 0): -12, ("land", 1): -12}))
    with pamir.open(tmp_path / "x.h5") as run:
        text = report.render(run)
    check_page(text)
    assert "Arm land: no replicate is complete" in text


def test_page_of_one_replicate_and_two_arms(tmp_path):
    """The smallest result there is: no interval, no placebo."""
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference", "land"), n_replicates=1))
    with pamir.open(tmp_path / "x.h5") as run:
        text = report.render(run)
    check_page(text)
    assert "One replicate: how sure these numbers are is not known" in text and "One pair of replicates each." in text
    assert "half width" not in text and "1 pairs" not in text and "\N{PLUS-MINUS SIGN}" not in text
    assert "one replicate: not known" in text  # where a cost per result would stand


def test_page_of_a_lone_reference_arm_shows_levels(tmp_path, capsys):
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference",), n_replicates=2))
    assert report_main([str(tmp_path / "x.h5"), "-o", str(tmp_path / "x.html")]) == 0
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    check_page(text)
    assert "nothing to compare it with" in text and "Difference from the reference" not in text
    assert '<h2 id="income">' in text and '<h2 id="who">' not in text and '<h2 id="cost">' not in text


def test_page_shows_what_people_do_and_where_value_arises(page):
    section = page[page.index('<h2 id="structure">') : page.index('<h2 id="who">')]
    assert section.count("<svg") == 3 and 'href="#structure"' in page
    assert "multidimensionally poor" in section and "+" not in section[section.index("<table") :]  # no arm moves it here


def test_page_shows_income_by_source_and_assets(page):
    """Of +400 the sources have 15, 30, 25, 10, 2, 13 and 5 percent; assets fall by ten times the gain."""
    flat = page.replace("\N{NO-BREAK SPACE}", " ")
    section = flat[flat.index("what households own") : flat.index('<h2 id="poverty">')]
    row = section[section.index("all</span>") :]
    for cell in ("+60", "+120", "+100", "+40", "+8", "+52", "+20", "\N{MINUS SIGN}4,000"):
        assert cell in row, cell
    assert "CNY/household" in section


def test_page_gives_the_mean_of_all_years_with_programs(page):
    flat = page.replace("\N{NO-BREAK SPACE}", " ")
    expected = "and +354 \N{PLUS-MINUS SIGN} 15 CNY a year (+2.5%) as the mean of all years with programs, 2018\N{EN DASH}2030"
    assert expected in flat  # 400 x 11.5 / 13


def test_no_percentage_where_nothing_is_told_from_zero(tmp_path, monkeypatch):
    monkeypatch.setitem(synthetic.GAIN, "yak", 0.5)  # with luck of up to 30
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference", "yak"), n_replicates=4))
    with pamir.open(tmp_path / "x.h5") as run:
        text = report.render(run)
        assert "%" not in run.effect("yak", variable="income_real_per_capita", last=3)._block()
    row = next(r for r in text.split("<tr>") if "yak</span>" in r and "+0" in r)
    assert "not told from zero" in text and "<small>" not in row


def test_page_never_says_that_the_county_has_migration(page):
    assert "migration" not in page.lower().replace("migration is not in the model", "")


def test_names_of_any_script_and_sign_are_shown_as_they_are(tmp_path, monkeypatch):
    name = "牦牛 <yak> & $x$"
    for table in ("GAIN", "ACTIVE"):
        monkeypatch.setitem(getattr(synthetic, table), name, getattr(synthetic, table)["yak"])
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference", name), n_replicates=2))
    with pamir.open(tmp_path / "x.h5") as run:
        text = report.render(run)
    check_page(text)
    assert "牦牛 &lt;yak&gt; &amp; $x$" in text and "<yak>" not in text


def test_page_without_a_panel_says_that_losers_may_hide(tmp_path):
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference", "land"), panel=False, n_replicates=2))
    with pamir.open(tmp_path / "x.h5") as run:
        assert "may hide losers" in report.render(run)


def test_page_of_a_failed_reference_is_refused(tmp_path):
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(n_replicates=1, lost={("reference", 0): -12}))
    with pamir.open(tmp_path / "x.h5") as run:
        with pytest.raises(pamir.PamirError, match="nothing can be compared"):
            report.render(run)


def run_script(*arguments, **options):
    """The command as `pamir` calls it, with another python3 first on PATH."""
    return subprocess.run([str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, **options)


def test_command_writes_the_page_and_nothing_else(small_path, tmp_path):
    out = tmp_path / "page.html"
    done = run_script(small_path, "-o", out, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(os.listdir(tmp_path)) == ["page.html"]
    check_page(out.read_text(encoding="utf-8"))


def test_command_works_through_a_link(whole_path, tmp_path):
    link = tmp_path / "pamir-report"
    link.symlink_to(SCRIPT)
    done = subprocess.run([str(link), "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "PAGE.html" in done.stdout


def test_installed_command_finds_its_package(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "share" / "pamir").mkdir(parents=True)
    (tmp_path / "share" / "pamir" / "analysis").symlink_to(conftest.ANALYSIS)
    copy = tmp_path / "bin" / "pamir-report"
    copy.write_bytes(SCRIPT.read_bytes())
    copy.chmod(0o755)
    assert subprocess.run([str(copy), "--help"], capture_output=True).returncode == 0


def test_damaged_file_is_status_1_and_one_line(small_path, tmp_path):
    bad, out = tmp_path / "bad.h5", tmp_path / "page.html"
    bad.write_text("nothing")
    flipped = bytearray(small_path.read_bytes())
    flipped[5000] ^= 1
    (tmp_path / "flipped.h5").write_bytes(flipped)
    for path, why in ((bad, "no HDF5 file"), (tmp_path / "flipped.h5", "is damaged")):
        done = run_script(path, "-o", out)
        assert done.returncode == 1 and why in done.stderr and done.stderr.count("\n") == 1 and not out.exists()


def test_unsealed_file_whose_reading_fails_is_status_1_without_a_traceback(small_path, tmp_path, monkeypatch, capsys):
    (tmp_path / "plain.h5").write_bytes(small_path.read_bytes()[:-48])

    def fail(*_):
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr(report, "render", fail)
    assert report_main([str(tmp_path / "plain.h5"), "-o", str(tmp_path / "page.html")]) == 1
    assert "has no seal" in (text := capsys.readouterr().err) and "HDF error" in text
    with pytest.raises(RuntimeError):  # with a good seal the fault is ours: it is shown as it is
        report_main([str(small_path), "-o", str(tmp_path / "page.html")])


def test_bad_input_is_status_2_and_writes_nothing(tmp_path):
    out = tmp_path / "page.html"
    assert run_script(tmp_path / "absent.h5", "-o", out).returncode == 2
    assert run_script("-o", out).returncode == 2
    assert not out.exists()


def test_page_that_cannot_be_written_is_status_2(small_path, tmp_path, capsys):
    assert report_main([str(small_path), "-o", str(tmp_path / "no" / "page.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_failure_half_way_keeps_the_old_page_and_no_temporary_file(whole, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(report, "render", lambda *_: "new")
    old = html.page("old", "", "")
    (tmp_path / "page.html").write_text(old)
    with pytest.raises(pamir.PamirError, match="No space left"):
        report.write(whole, tmp_path / "page.html")
    assert os.listdir(tmp_path) == ["page.html"] and (tmp_path / "page.html").read_text() == old


def test_page_never_replaces_the_result(small_path, tmp_path, capsys):
    content = small_path.read_bytes()
    (tmp_path / "other.h5").symlink_to(small_path)
    for out in (small_path, tmp_path / "other.h5"):
        for more in ([], ["--overwrite"]):
            assert report_main([str(small_path), "-o", str(out), *more]) == 2
            assert "is the result itself" in capsys.readouterr().err
    assert small_path.read_bytes() == content


def test_page_replaces_a_page_but_no_foreign_file(small_path, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report, "render", lambda *_: html.page("new", "", ""))
    for name, text in (("notes.md", "my notes"), ("site.html", "<!DOCTYPE html>\n<title>mine</title>")):
        out = tmp_path / name
        out.write_text(text)
        assert report_main([str(small_path), "-o", str(out)]) == 2 and out.read_text() == text
        assert "--overwrite" in capsys.readouterr().err
        assert report_main([str(small_path), "-o", str(out), "--overwrite"]) == 0 and "new" in out.read_text()
        assert report_main([str(small_path), "-o", str(out)]) == 0  # now it is a page of ours


def test_module_prints_an_effect(whole_path, capsys):
    assert main(["effect", str(whole_path), "all", "income_per_capita", "--last", "3"]) == 0
    out = capsys.readouterr().out
    assert "+528" in out and "+400" in out
    assert main(["effect", str(whole_path), "nobody", "income_per_capita"]) == 2
    assert "no arm 'nobody'" in capsys.readouterr().err


def test_module_runs_with_python_dash_m(whole_path, tmp_path):
    env = dict(os.environ, PYTHONPATH=str(conftest.ANALYSIS))
    done = subprocess.run([sys.executable, "-m", "pamir", "report", "--help"], env=env, cwd=tmp_path, capture_output=True)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("value", "half", "expected"),
    [(412.3, 31.2, "+412 \N{PLUS-MINUS SIGN} 31"), (-0.0123, 0.0047, "\N{MINUS SIGN}0.012 \N{PLUS-MINUS SIGN} 0.005"),
     (1234567.0, 8.0, "+1,234,567.0 \N{PLUS-MINUS SIGN} 8.0"), (5.0, float("nan"), "+5"), (float("nan"), 1.0, "\N{EN DASH}")],
)  # fmt: skip
def test_numbers_carry_the_digits_their_interval_earns(value, half, expected):
    assert formats.plus_minus(value, half).replace("\N{NO-BREAK SPACE}", " ") == expected


def test_column_of_small_numbers_gets_a_third_digit():
    assert formats.column_decimals([0.06, 0.04]) == 2
    assert formats.column_decimals([0.003, 0.001, 0.0]) == 3
    assert formats.column_decimals([31.0, 17.0]) == 0


def test_zero_has_no_sign():
    assert formats.number(-0.001, 1, sign=True) == "0.0"
    assert formats.significant(98384) == "98,400"
    assert formats.plain(200.0) == "200" and formats.plain(0.689) == "0.689"
