"""A random forest of 500 trees: make_forest.py OUT.pkl"""

import pickle
import sys

from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

X, y = make_classification(5000, 20, n_informative=12, n_classes=3, random_state=0)
forest = RandomForestClassifier(500, max_depth=9, random_state=0, n_jobs=-1).fit(X, y)
with open(sys.argv[1], "wb") as file:
    pickle.dump(forest, file)
