"""Trains tree ensembles with other libraries, exports them, and writes how the shap package shares out their predictions.

usage: explain_models.py OUTPUT_FOLDER      (needs shap beside requirements.txt: pip install shap==0.51.0)

For each model a folder with model.onnx and shap.json: background rows, explained rows, the values and the base value of
shap.TreeExplainer with feature_perturbation="interventional" on the raw output.
"""

import json
import pathlib
import sys

import lightgbm
import numpy as np
import shap
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType as LightgbmFloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor

rng = np.random.default_rng(11)
ROWS, COLUMNS, BACKGROUND, SHOWN = 1500, 6, 40, 10

inputs = rng.uniform(-2, 2, (ROWS, COLUMNS)).astype(np.float32)
score = inputs[:, 0] * inputs[:, 1] + np.sin(2 * inputs[:, 2]) + (inputs[:, 3] > 0.5) * inputs[:, 4]
cost = (10 * score + rng.normal(0, 0.5, ROWS)).astype(np.float32)
late = (score + rng.normal(0, 0.3, ROWS) > 0).astype(int)
background, shown = inputs[:BACKGROUND], inputs[BACKGROUND : BACKGROUND + SHOWN]
LIGHTGBM_TYPES = [("input", LightgbmFloatTensorType([None, COLUMNS]))]


def write(folder, onnx_bytes, model, kind, which=None):
    explainer = shap.TreeExplainer(model, data=background, feature_perturbation="interventional", model_output="raw")
    values, base = np.asarray(explainer.shap_values(shown)), np.atleast_1d(explainer.expected_value)
    if values.ndim == 3:
        values = values[:, :, which]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(onnx_bytes)
    document = {
        "kind": kind,
        "background": background.astype(float).tolist(),
        "shown": shown.astype(float).tolist(),
        "values": values.tolist(),
        "base": float(base[which or 0] if len(base) > 1 else base[0]),
    }
    (folder / "shap.json").write_text(json.dumps(document))


def main(output):
    no_zipmap = {"zipmap": False}
    model = lightgbm.LGBMRegressor(n_estimators=50, num_leaves=15, verbose=-1, random_state=1).fit(inputs, cost)
    write(output / "lightgbm-regressor", convert_lightgbm(model, initial_types=LIGHTGBM_TYPES, target_opset=15).SerializeToString(), model, "number")
    model = lightgbm.LGBMClassifier(n_estimators=50, num_leaves=15, verbose=-1, random_state=1).fit(inputs, late)
    graph = convert_lightgbm(model, initial_types=LIGHTGBM_TYPES, zipmap=False, target_opset=15)
    write(output / "lightgbm-classifier", graph.SerializeToString(), model, "log-odds", 1)
    model = GradientBoostingRegressor(n_estimators=40, max_depth=4, random_state=1).fit(inputs, cost)
    write(output / "gradient-boosting-regressor", to_onnx(model, inputs[:1]).SerializeToString(), model, "number")
    model = GradientBoostingClassifier(n_estimators=40, max_depth=3, random_state=1).fit(inputs, late)
    write(output / "gradient-boosting-classifier", to_onnx(model, inputs[:1], options=no_zipmap).SerializeToString(), model, "log-odds")
    model = RandomForestRegressor(n_estimators=30, max_depth=7, random_state=1).fit(inputs, cost)
    write(output / "random-forest-regressor", to_onnx(model, inputs[:1]).SerializeToString(), model, "number")
    model = RandomForestClassifier(n_estimators=30, max_depth=7, random_state=1).fit(inputs, late)
    write(output / "random-forest-classifier", to_onnx(model, inputs[:1], options=no_zipmap).SerializeToString(), model, "probability", 1)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
