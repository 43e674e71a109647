/** What formats are for and who reads them, in Spanish, by the English text that the format declares. */
export const formatFactsEs: Readonly<Record<string, string>> = {
  'Running models of every kind anywhere: networks and classical models, operator by operator.':
    'Ejecutar modelos de todo tipo en cualquier parte: redes y modelos clásicos, operador a operador.',
  'ONNX Runtime in Python, C++, C#, Java and JavaScript, Windows ML, TensorRT, OpenVINO.':
    'ONNX Runtime en Python, C++, C#, Java y JavaScript, Windows ML, TensorRT, OpenVINO.',
  'Scoring tables of named, typed columns: rules stay readable, data preparation included.':
    'Puntuar tablas de columnas con nombre y tipo: las reglas siguen siendo legibles, con la preparación de los datos.',
  'Java and Scala with JPMML, databases, KNIME, SAS, IBM SPSS, R and Python readers.':
    'Java y Scala con JPMML, bases de datos, KNIME, SAS, IBM SPSS, lectores de R y Python.',
  'Classical machine learning on tables: preparation and model in one pipeline.':
    'Aprendizaje automático clásico sobre tablas: preparación y modelo en una sola cadena.',
  'Python with scikit-learn, sklearn2pmml or sklearn-pandas.':
    'Python con scikit-learn, sklearn2pmml o sklearn-pandas.',
  'Building and training neural networks layer by layer.': 'Construir y entrenar redes neuronales capa a capa.',
  'Python with Keras 3 on TensorFlow, JAX or PyTorch.': 'Python con Keras 3 sobre TensorFlow, JAX o PyTorch.',
  'Serving with TensorFlow Serving, on phones with TensorFlow Lite.':
    'Servir con TensorFlow Serving; en teléfonos, con TensorFlow Lite.',
  'Python, C++, Java, Go with TensorFlow; TensorFlow Serving.':
    'Python, C++, Java y Go con TensorFlow; TensorFlow Serving.',
  'Training and research; the most common source of neural networks.':
    'Entrenamiento e investigación; el origen más habitual de las redes neuronales.',
  'Python with PyTorch, C++ with libtorch.': 'Python con PyTorch, C++ con libtorch.',
  'Statistics and research: fitted models of R and its packages.':
    'Estadística e investigación: modelos ajustados de R y sus paquetes.',
  'R with the packages that made the model.': 'R con los paquetes que hicieron el modelo.',
  'Serving Spark ML pipelines without a Spark cluster.': 'Servir cadenas de Spark ML sin un clúster de Spark.',
  'Java and Scala services with the MLeap runtime.': 'Servicios de Java y Scala con el entorno de MLeap.',
  'Running on iPhone, iPad and Mac, on the neural engine where there is one.':
    'Ejecutarse en iPhone, iPad y Mac, en el motor neuronal donde lo hay.',
  'Swift and Objective-C apps on Apple platforms.': 'Aplicaciones de Swift y Objective-C en plataformas de Apple.',
}
