"""MLeap bundles by MLeap's own Python library (pip: mleap, scikit-learn 1.x, six)."""

import json
import tempfile
import zipfile
from pathlib import Path

import mleap.sklearn.logistic
import mleap.sklearn.pipeline
import mleap.sklearn.preprocessing.data
import mleap.version
import numpy as np
import pandas as pd
from mleap.sklearn.preprocessing.data import FeatureExtractor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from detect_manifest import path_of, record

frame = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 2)), columns=["a", "b"])
extract = FeatureExtractor(["a", "b"], "features", "assembled")
scale = StandardScaler()
scale.mlinit(prior_tf=extract, output_features="scaled")
classify = LogisticRegression()
classify.mlinit(input_features="scaled", prediction_column="prediction")
pipeline = Pipeline([(extract.name, extract), (scale.name, scale), (classify.name, classify)])
pipeline.mlinit()
pipeline.fit(frame, frame["a"] > 0)

with tempfile.TemporaryDirectory() as folder:
    pipeline.serialize_to_bundle(folder, "bundle", init=True)
    files = {str(p.relative_to(Path(folder) / "bundle")): p for p in sorted((Path(folder) / "bundle").rglob("*"))}
    for prefix, target in (("", "mleap/bundle.zip"), ("bundle/", "mleap/bundle-nested.zip")):
        with zipfile.ZipFile(path_of(target), "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in files.items():
                if path.is_file():
                    archive.writestr(zipfile.ZipInfo(prefix + name, (1980, 1, 1, 0, 0, 0)), path.read_bytes(),
                                     zipfile.ZIP_DEFLATED)
record([("mleap/bundle.zip", "mleap", "bundle, zipped, JSON"),
        ("mleap/bundle-nested.zip", "mleap", "bundle, zipped with its folder name")], "MLeap 0.25.3 (Python)")
