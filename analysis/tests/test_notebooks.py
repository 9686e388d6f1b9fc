"""Notebooks run headless, and are kept without outputs."""

import asyncio
import json

import pytest

import conftest
import synthetic

NOTEBOOKS = sorted((conftest.ANALYSIS / "notebooks").glob("*.ipynb"))


def test_there_is_a_notebook():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebook_is_stripped(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None


def execute(path, result, monkeypatch):
    """Runs a notebook on a result in its own folder.  Returns the text of all its outputs."""
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PAMIR_RESULT", str(result))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}})
    asyncio.run(client.async_execute())
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert any("image/png" in o.get("data", {}) for o in outputs), "no figure was drawn"
    assert not any(o.get("name") == "stderr" for o in outputs), [o.text for o in outputs if o.get("name") == "stderr"]
    return "\n".join(o.get("text", "") + str(o.get("data", {}).get("text/plain", "")) for o in outputs)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebook_runs_on_the_synthetic_result(path, whole_path, monkeypatch):
    text = execute(path, whole_path, monkeypatch)
    assert "+400" in text and "simulation error only" in text


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebook_says_what_one_replicate_cannot(path, tmp_path, monkeypatch):
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference", "land"), n_replicates=1))
    text = execute(path, tmp_path / "x.h5", monkeypatch)
    assert "one replicate: how sure is not known" in text and "half width nan" not in text


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebook_on_a_lone_reference_arm_says_why_it_stops(path, tmp_path, monkeypatch):
    synthetic.write(tmp_path / "x.h5", synthetic.Spec(arms=("reference",), n_replicates=2))
    with pytest.raises(Exception, match="holds no arm beside the reference"):
        execute(path, tmp_path / "x.h5", monkeypatch)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebook_runs_on_a_result_of_the_simulator(path, tiny_path, monkeypatch):
    execute(path, tiny_path, monkeypatch)
