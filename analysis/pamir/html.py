"""Pieces of a page: escaped text, tables whose numbers align, figures as SVG inside the page.  Nothing is linked."""

import html as _html
import io
import itertools
import re
import warnings

import matplotlib

_METADATA = re.compile(r"<metadata>.*?</metadata>", re.S)
_SIZE = re.compile(r'<svg ([^>]*?)>', re.S)
_DEFINED = re.compile(r'\bid="([^"]+)"')


# By this a page of ours is told from another file.
GENERATOR = '<meta name="generator" content="pamir report">'


def escape(text):
    """Text made safe for HTML, quotes included.  Returns str."""
    return _html.escape(str(text), quote=True)


def svg(figure, label, prefix):
    """A figure as an inline <svg> that scales with its place and reads aloud as `label`.

    figure: a matplotlib Figure.  prefix: unique in the page, so that no two figures share an id.
    Returns str without links, dates or namespaces: the same figure gives the same text.
    """
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "pamir"}), warnings.catch_warnings():
        # Names may be written in any script; the reader's own fonts show them, whatever matplotlib measured with.
        warnings.filterwarnings("ignore", "Glyph .* missing from current font")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = _METADATA.sub("", text[text.index("<svg") :])
    box = re.search(r'viewBox="([^"]+)"', text).group(1)
    for name in set(_DEFINED.findall(text)):
        text = text.replace(f'id="{name}"', f'id="{prefix}-{name}"')
        text = text.replace(f'"#{name}"', f'"#{prefix}-{name}"').replace(f"url(#{name})", f"url(#{prefix}-{name})")
    text = _SIZE.sub(f'<svg viewBox="{box}" role="img" aria-label="{escape(label)}">', text, count=1)
    # The page's own typeface; matplotlib measured with a wider one, so nothing is cut.
    text = re.sub(r"font: (\w+ )?([\d.]+)px [^;\"]+", lambda m: f"font: {m.group(1) or ''}{m.group(2)}px var(--sans)", text)
    return text


class Figures:
    """Hands out figures of one page, each with a prefix of its own."""

    def __init__(self):
        self._next = itertools.count(1)

    def add(self, figure, label, caption="", wide=False):
        """A <figure> element.  label: what a reader who cannot see it should know.  Returns str ("" for None)."""
        if figure is None:
            return ""
        text = svg(figure, label, f"f{next(self._next)}")
        below = f"<figcaption>{caption}</figcaption>" if caption else ""
        kind = ' class="wide"' if wide else ""
        return f"<figure{kind}>{text}{below}</figure>"


def table(head, rows, caption="", units=None, text_columns=(0,), classes=""):
    """A table in a frame that scrolls sideways on a narrow screen.

    head: column titles (text).  rows: lists of cells (HTML).  units: a second head line (text), or None.
    text_columns: indices of columns that hold words, aligned left; the others hold numbers, aligned right.
    Returns str.
    """

    def kind(i):
        return ' class="t"' if i in text_columns else ""

    # The caption stands outside the frame, so that it wraps on a phone while the table scrolls.
    lines = [f'<p class="caption">{caption}</p>'] if caption else []
    lines.append(f'<div class="frame"><table class="{classes}">')
    lines.append("<thead><tr>" + "".join(f'<th scope="col"{kind(i)}>{h}</th>' for i, h in enumerate(head)) + "</tr>")
    if units:
        cells = "".join(f'<td{kind(i)}>{escape(u)}</td>' for i, u in enumerate(units))
        lines.append(f'<tr class="units">{cells}</tr>')
    lines.append("</thead><tbody>")
    for row in rows:
        cells = [f'<th scope="row"{kind(0)}>{row[0]}</th>']
        cells += [f"<td{kind(i)}>{cell}</td>" for i, cell in enumerate(row[1:], 1)]
        lines.append("<tr>" + "".join(cells) + "</tr>")
    lines.append("</tbody></table></div>")
    return "\n".join(lines)


def swatch(name, colour, dashes):
    """An arm's name with a stroke of its colour, for a legend and for tables.  Returns str."""
    style = "solid" if dashes == "-" else ("dotted" if dashes[1][0] < 1.5 else "dashed")
    return f'<span class="arm"><i style="border-top:3px {style} {colour}"></i>{escape(name)}</span>'


def page(title, body, css):
    """A whole document.  title: text.  body: HTML.  css: the style sheet's text.  Returns str."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{GENERATOR}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
