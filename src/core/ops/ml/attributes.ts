import type { Category } from '../../ir/model.ts'
import type { Expression, ExpressionType } from './expression.ts'
import type { TreeEnsemble } from './tree-ensemble.ts'

/**
 * The hub's `ml.*` operators: estimators and column transforms with the semantics that PMML and ai.onnx.ml share.
 *
 * A *table* is a list of tensors [N, c₁], [N, c₂] …, whose columns are counted through: mixed strings and numbers
 * are possible because each tensor has its own element type. "inputs: table" means any number of such inputs;
 * "inputs: one" a single tensor [N, C]. Numbers are computed in float64 and results are float64, whatever the
 * inputs' types, unless said otherwise; where a framework rounds its input to float32, an explicit `Cast` says so.
 * Missing is NaN in numbers and '' in strings.
 */
export interface MlAttributes {
  /** inputs: one [N, C] → [N, C]: y = ((x − center) / divisor) · factor + shift, then clipped. Arrays have C elements. */
  'ml.scale': {
    readonly center?: Float64Array
    readonly divisor?: Float64Array
    readonly factor?: Float64Array
    readonly shift?: Float64Array
    readonly clip?: readonly [number, number]
  }
  /** inputs: one [N, C] of any type → same type: missing values (and those equal to `missingValue`) are replaced by
   * `replacements[column]`. */
  'ml.impute': {
    readonly missingValue?: Category
    readonly replacements: readonly Category[]
  }
  /** inputs: table of C columns → float64 [N, Σ sizes]: 1 in the slot of the value's key, 0 elsewhere. */
  'ml.oneHot': { readonly encodings: readonly OneHotEncoding[] }
  /** inputs: table → [N, expressions.length] float64, or string when `type` is 'string' (booleans are 0/1). One per column. */
  'ml.expression': {
    readonly expressions: readonly Expression[]
    readonly type: ExpressionType
    /** Names of the derived columns, where the source has them. */
    readonly names?: readonly string[]
  }
  /** inputs: table of C columns → [N, K]: x · coefficientsᵀ + intercepts. */
  'ml.linear': {
    /** [K, C], row-major. */
    readonly coefficients: Float64Array
    /** [K]. */
    readonly intercepts: Float64Array
  }
  /** inputs: table → [N, ensemble.targets]. */
  'ml.treeEnsemble': { readonly ensemble: TreeEnsemble }
  /** inputs: table of C columns → [N, K]: Σₛ coefficients[k,s] · kernel(supportVectors[s], x) + intercepts[k]. */
  'ml.kernelMachine': {
    readonly kernel: 'linear' | 'poly' | 'rbf' | 'sigmoid' | 'laplacian' | 'cosine'
    readonly gamma: number
    readonly coef0: number
    readonly degree: number
    /** [S, C]. */
    readonly supportVectors: Float64Array
    /** [K, S]. */
    readonly coefficients: Float64Array
    /** [K]. */
    readonly intercepts: Float64Array
  }
  /** inputs: one-versus-one decisions [N, n(n−1)/2] in libsvm's order (0,1), (0,2) … → votes [N, n]. A decision > 0 votes for the first. */
  'ml.pairwiseVote': {
    readonly classes: number
    /** scikit-learn's `_ovr_decision_function`: adds the transformed sum of decisions as a tie breaker. */
    readonly confidence: boolean
  }
  /** inputs: one-versus-one decisions [N, n(n−1)/2] → probabilities [N, n]: Platt's sigmoid 1/(1+exp(a·d+b)) per pair, clipped to
   * [1e-7, 1−1e-7], then libsvm's pairwise coupling (svm.cpp, multiclass_probability). */
  'ml.pairwiseProbability': {
    readonly classes: number
    /** [n(n−1)/2]. */
    readonly a: Float64Array
    readonly b: Float64Array
  }
  /** inputs: table of C columns → [N, P]: the distance of each row to each of P points. */
  'ml.distance': {
    /** [P, C]. */
    readonly points: Float64Array
    readonly metric: 'euclidean' | 'squaredEuclidean' | 'cityBlock' | 'chebychev' | 'minkowski' | 'cosine'
    /** Exponent of minkowski. */
    readonly p?: number
    /** [C] weights of the columns' contributions (PMML's fieldWeight); 1 when absent. */
    readonly weights?: Float64Array
  }
  /** inputs: distances [N, P] → indices int64 [N, k] and distances [N, k] of the k nearest, nearest first, ties by lower index.
   * Two outputs. */
  'ml.nearest': { readonly k: number }
  /** inputs: table of C columns → [N, K]: log prior + Σ log normal density of class k. */
  'ml.gaussianNaiveBayes': {
    /** [K, C]. */
    readonly means: Float64Array
    /** [K, C]. */
    readonly variances: Float64Array
    /** [K]. */
    readonly logPriors: Float64Array
  }
  /** inputs: values [N, K], and optionally which of them count [N, K] (1 or 0; all when absent) → [N, 1]: the smallest value up to
   * which at least half of the weight lies of those that count. */
  'ml.weightedMedian': {
    /** [K], not negative. */
    readonly weights: Float64Array
  }
  /** inputs: one [N, K] → probabilities or the mean response. Element-wise functions keep the shape; 'softmax' and 'simplemax'
   * (division by the row's sum) work on rows. With `complement` [N, 1] becomes [N, 2]: 1 − p, p. */
  'ml.link': { readonly function: LinkFunction; readonly complement?: boolean }
  /** inputs: one [N, K] (or [N, 1] for 'threshold') → label [N] (string when labels are strings, else int64 when all are
   * whole numbers, else float64). argmax and argmin take the first of equals; 'threshold' is labels[1] where x > threshold, else labels[0]. */
  'ml.label': {
    readonly labels: readonly Category[]
    readonly rule: 'argmax' | 'argmin' | 'threshold'
    readonly threshold?: number
  }
  /** inputs: one string [N, 1] → float64 [N, vocabulary.length]: how often each n-gram of the text's tokens occurs. */
  'ml.tokenCounts': {
    readonly vocabulary: readonly string[]
    readonly lowercase: boolean
    readonly stripAccents?: 'ascii' | 'unicode'
    /** A regular expression that matches a token ('tokens') or a separator ('separators'); word boundaries as in Python's re. */
    readonly pattern: string
    readonly patternMatches: 'tokens' | 'separators'
    /** Punctuation (Unicode's general category P) goes from both ends of each word, and words of nothing else go: as PMML's
     * TextIndex does with what stands between separators. */
    readonly trimPunctuation?: boolean
    readonly analyzer: 'word' | 'char' | 'char_wb'
    readonly ngramRange: readonly [number, number]
    readonly stopWords?: readonly string[]
    /** 0/1 instead of counts. */
    readonly binary: boolean
  }
}

export type MlOp = keyof MlAttributes

export interface OneHotEncoding {
  readonly keys: readonly Category[]
  /** The output slot of each key, 0 ≤ slot < size; several keys may share one (infrequent categories), −1 is no slot (a dropped one). */
  readonly slots: readonly number[]
  readonly size: number
  /** For a value that is no key; −1 gives all zeros. */
  readonly unknownSlot: number
  /** For a missing value; −1 gives all zeros. */
  readonly missingSlot: number
  /** The source refuses unknown values: targets that can say so do. */
  readonly unknownIsInvalid?: boolean
}

/** Inverse links by PMML's names (RegressionNormalizationMethod; cumulative links aside). */
export type LinkFunction =
  | 'identity'
  | 'logit'
  | 'probit'
  | 'cloglog'
  | 'loglog'
  | 'cauchit'
  | 'exp'
  | 'inverse'
  | 'softmax'
  | 'simplemax'
