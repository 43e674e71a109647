"""What one runs today: sklearn2pmml_convert.py MODEL.pkl OUT.pmml"""

import pickle
import sys

from sklearn2pmml import make_pmml_pipeline, sklearn2pmml

with open(sys.argv[1], "rb") as file:
    model = pickle.load(file)
columns = [f"x{i + 1}" for i in range(model.n_features_in_)]
sklearn2pmml(make_pmml_pipeline(model, active_fields=columns, target_fields=["y"]), sys.argv[2])
