"""Trains models with the libraries their users have, exports them as those libraries do, and writes what they answer.

usage: make_models.py OUTPUT_FOLDER

For each model a folder with model.onnx, train.csv (inputs and outcome) and expected.json: instances and the answers that the
library itself gives. Nothing of it is kept in the repository.
"""

import json
import pathlib
import sys

import lightgbm
import numpy as np
import pandas as pd
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType as LightgbmFloatTensorType
from skl2onnx import convert_sklearn, to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rng = np.random.default_rng(7)
ROWS, SHOWN = 3000, 50


def write(folder, onnx_bytes, table, outcome, answers):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(onnx_bytes)
    table.to_csv(folder / "train.csv", index=False)
    inputs = table.drop(columns=[outcome]).head(SHOWN)
    document = {"outcome": outcome, "instances": json.loads(inputs.to_json(orient="records")), "answers": answers}
    (folder / "expected.json").write_text(json.dumps(document))


def voyages():
    ports = np.array(["Lagos", "Århus", "New York", "Santos", "Yokohama"])
    table = pd.DataFrame(
        {
            "days": rng.normal(20, 6, ROWS).round(3),
            "load": rng.uniform(0, 1, ROWS).round(4),
            "origin": ports[rng.integers(0, 5, ROWS)],
            "destination": ports[rng.integers(0, 5, ROWS)],
        }
    )
    score = 0.12 * (table.days - 20) + 2 * table.load + 0.8 * (table.origin == "Santos") - 1.3
    return table, score


def pipeline_with_text(folder):
    """A pipeline as scikit-learn's guide writes it, exported with one input for each column."""
    table, score = voyages()
    late = (rng.uniform(size=ROWS) < 1 / (1 + np.exp(-score))).astype(int)
    encode = ColumnTransformer(
        [("text", OneHotEncoder(handle_unknown="ignore"), ["origin", "destination"]), ("numbers", StandardScaler(), ["days", "load"])]
    )
    model = Pipeline([("encode", encode), ("classify", LogisticRegression())]).fit(table, late)
    types = [
        (name, StringTensorType([None, 1]) if table[name].dtype.kind in "OUT" or name in ("origin", "destination") else FloatTensorType([None, 1]))
        for name in table.columns
    ]
    graph = convert_sklearn(model, initial_types=types, options={id(model): {"zipmap": False}})
    answers = model.predict_proba(table.head(SHOWN))[:, 1].tolist()
    write(folder, graph.SerializeToString(), table.assign(late=late), "late", answers)


def forest_of_three_classes(folder):
    """One tensor of four columns, three classes with text names."""
    table, score = voyages()
    table = table[["days", "load"]].assign(crew=rng.integers(8, 30, ROWS), age=rng.uniform(0, 40, ROWS).round(2))
    state = np.array(["bad", "fair", "good"])[np.digitize(score + rng.normal(0, 0.3, ROWS), [-0.3, 0.5])]
    inputs = table.to_numpy(np.float32)
    model = RandomForestClassifier(n_estimators=25, max_depth=6, random_state=1).fit(inputs, state)
    graph = to_onnx(model, inputs[:1], options={"zipmap": False})
    answers = [dict(zip(model.classes_.tolist(), row.tolist())) for row in model.predict_proba(inputs[:SHOWN])]
    write(folder, graph.SerializeToString(), table.assign(state=state), "state", answers)


def ridge(folder):
    """A regression: one tensor in, one number out."""
    table, score = voyages()
    table = table[["days", "load"]]
    cost = (score * 100 + rng.normal(0, 1, ROWS)).round(4)
    inputs = table.to_numpy(np.float32)
    model = Ridge().fit(inputs, cost)
    write(folder, to_onnx(model, inputs[:1]).SerializeToString(), table.assign(cost=cost), "cost", model.predict(inputs[:SHOWN]).tolist())


def lightgbm_classifier(folder):
    """Another trainer: LightGBM with missing values, exported by onnxmltools."""
    table, score = voyages()
    table = table[["days", "load"]].assign(age=rng.uniform(0, 40, ROWS).round(2))
    table.loc[rng.uniform(size=ROWS) < 0.1, "age"] = np.nan
    late = (score + rng.normal(0, 0.5, ROWS) > 0).astype(int)
    # The converter rounds thresholds to float32: train on float32 values, as the graph will see them.
    inputs = table.astype(np.float32)
    model = lightgbm.LGBMClassifier(n_estimators=60, num_leaves=15, verbose=-1, random_state=1).fit(inputs, late)
    graph = convert_lightgbm(model, initial_types=[("input", LightgbmFloatTensorType([None, 3]))], zipmap=False, target_opset=15)
    write(folder, graph.SerializeToString(), table.assign(late=late), "late", model.predict_proba(inputs.head(SHOWN))[:, 1].tolist())


if __name__ == "__main__":
    output = pathlib.Path(sys.argv[1])
    for make in (pipeline_with_text, forest_of_three_classes, ridge, lightgbm_classifier):
        make(output / make.__name__.replace("_", "-"))
        print(make.__name__)
