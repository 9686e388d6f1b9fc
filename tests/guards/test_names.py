"""Names say where to look: what the engine exports begins with sim_, what models export does not, and no two
files of the project define the same name (an archive would link whichever comes first)."""

import subprocess

from tree import clean


def exported(path):
    listing = subprocess.run(["nm", "-g", "--defined-only", "-P", str(path)], capture_output=True, text=True,
                             check=True).stdout
    names = [line.split()[0] for line in listing.splitlines() if line.strip()]
    return [name for name in names if not name.startswith(".gomp_critical_user_")]  # the compiler's locks


def misnamed(tree):
    found, where = [], {}
    for name, made in tree.objects(("sim/", "models/")).items():
        engine = name.startswith("sim/") and not name.startswith("sim/cli/")
        for symbol in exported(made):
            if symbol in where:
                found.append(f"{name}: {symbol} is also defined in {where[symbol]}")
            where.setdefault(symbol, name)
            if engine and not symbol.startswith("sim_"):
                found.append(f"{name}: {symbol} is exported by the engine and does not begin with sim_")
            if name.startswith("models/") and symbol.startswith("sim_"):
                found.append(f"{name}: {symbol} begins with sim_, which is the engine's")
    return found


def test_exported_names_say_where_to_look_and_stand_once(tree):
    clean(misnamed(tree))


def test_foreign_and_double_names_are_found(plant):
    tree = plant({
        "sim/a.c": "int sim_a(void)\n{\n    return 1;\n}\nint queue_push(void)\n{\n    return 1;\n}\n",
        "sim/b.c": "static int helper(void)\n{\n    return 1;\n}\nint sim_a(void)\n{\n    return helper();\n}\n",
        "sim/cli/main.c": "int main(void)\n{\n    return 0;\n}\n",
        "models/herd.c": "int herd_sell(void)\n{\n    return 1;\n}\nint sim_herd(void)\n{\n    return 1;\n}\n"})
    assert sorted(line.split(" ")[0] + line.split(" ")[1] for line in misnamed(tree)) == [
        "models/herd.c:sim_herd", "sim/a.c:queue_push", "sim/b.c:sim_a"]
