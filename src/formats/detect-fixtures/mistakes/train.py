"""Trains."""
import sklearn

model = sklearn.tree.DecisionTreeClassifier()
