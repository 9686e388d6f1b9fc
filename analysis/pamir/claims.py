"""Published against simulated.  A claim is data, not truth: the simulation may contradict it, and the other way round."""

import numpy as np
import pandas as pd

from .results import PamirError

_CONSTANTS = ("system", "quantity", "place", "published_year", "role", "unit", "tag", "published", "verdict_note")
RANGE = (0.025, 0.975)


def table(run, arms=None, simulated_only=False):
    """Each claim beside the values that the arms gave.

    arms: names; None takes all.  simulated_only: leave out claims that no arm has a value for.
    Returns a pandas DataFrame, one row for each claim and arm: claim, system, quantity, place, published_year, role, unit,
    tag (imposed, fitted or emergent: the simulated side), published (number, NaN when none was), arm, mean, low, high (middle 95% of the replicates, in the claim's unit),
    n (replicates with a value), verdict: "inside", "below" or "above" (the published value against that range), "".
    Raises PamirError when the file has no claims, for an unknown arm, or for a sweep.
    """
    claims = run.claims
    if "simulated" not in claims:
        raise PamirError(f"{run.path}: /claim has no variable 'simulated'")
    if "point" in claims["simulated"].dims:
        raise PamirError(f"{run.path}: claims are not compared for a sweep")
    arms = [run.check_arm(a) for a in (arms or run.arms)]
    values = claims["simulated"].load().where(run.complete)
    constant = {name: claims[name].values for name in _CONSTANTS if name in claims}
    rows = []
    for i, claim in enumerate(claims["claim"].values):
        about = {"claim": str(claim)} | {name: column[i] for name, column in constant.items()}
        for arm in arms:
            each = values.sel(arm=arm).isel(claim=i).values
            each = each[np.isfinite(each)]
            row = dict(about, arm=arm, mean=np.nan, low=np.nan, high=np.nan, n=int(each.size), verdict="")
            if each.size:
                row["mean"] = float(each.mean())
                row["low"], row["high"] = (float(q) for q in np.quantile(each, RANGE))
                row["verdict"] = _verdict(float(row.get("published", np.nan)), row["low"], row["high"])
            rows.append(row)
    frame = pd.DataFrame(rows)
    if simulated_only and len(frame):
        known = frame.groupby("claim")["n"].transform("max") > 0
        frame = frame[known]
    return frame.reset_index(drop=True)


def _verdict(published, low, high):
    if not np.isfinite(published):
        return ""
    if published < low:
        return "below"
    return "above" if published > high else "inside"
