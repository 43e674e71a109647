"""scikit-learn's pickles, and joblib files with every compression.

Run in an environment with the newest scikit-learn, joblib, pandas, lz4, dill and cloudpickle, and again with
`--old` in one with scikit-learn 1.0.
"""

import gzip
import pickle
import sys

import joblib
import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from detect_manifest import path_of, python, record

x = np.arange(30.0).reshape(10, 3)
linear = LinearRegression().fit(x, x @ [1.0, 2.0, 3.0])
pipeline = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=2)).fit(x, (x[:, 0] > 12).astype(int))
producer = f"scikit-learn {sklearn.__version__}, joblib {joblib.__version__}, NumPy {np.__version__}, {python()}"
entries = []


def add(file, kind, family="sklearn"):
    entries.append((file, family, kind))
    return path_of(file)


def make_old():
    add("sklearn/pickle-sklearn-1.0.pkl", "pickle, scikit-learn 1.0").write_bytes(pickle.dumps(pipeline))
    joblib.dump(pipeline, add("sklearn/joblib-sklearn-1.0.joblib", "joblib, scikit-learn 1.0"))


def make_pickles():
    import cloudpickle
    import dill
    import pandas
    for protocol in range(6):
        add(f"sklearn/pickle-protocol-{protocol}.pkl", f"pickle, protocol {protocol}").write_bytes(
            pickle.dumps(linear, protocol))
    add("sklearn/pipeline.pkl", "pickle, pipeline").write_bytes(pickle.dumps(pipeline))
    add("sklearn/pickle.pkl.gz", "pickle, gzip").write_bytes(gzip.compress(pickle.dumps(linear), mtime=0))
    add("sklearn/cloudpickle.pkl", "pickle by cloudpickle").write_bytes(cloudpickle.dumps(linear))
    add("sklearn/dill.pkl", "pickle by dill").write_bytes(dill.dumps(linear))
    joblib.dump(pipeline, add("sklearn/joblib.joblib", "joblib"))
    for name in ("zlib", "gzip", "bz2", "lzma", "xz", "lz4"):
        joblib.dump(pipeline, add(f"sklearn/joblib-{name}.joblib", f"joblib, {name}"), compress=(name, 3))
    joblib.dump({"model": linear, "columns": ["a", "b", "c"]}, add("sklearn/joblib-dict.joblib", "joblib, a model in a dict"))
    rows = {"a": [1, 2], "b": [0.5, None]}
    add("other/dict.pkl", "pickle without a model", None).write_bytes(pickle.dumps(rows))
    pandas.DataFrame(rows).to_pickle(add("other/data-frame.pkl", "pickle of a DataFrame", None))


if "--old" in sys.argv:
    make_old()
else:
    make_pickles()
record(entries, producer)
