/** What importing and calling a name could do to the machine that unpickles the file for real. */
export type Risk = 'safe' | 'unknown' | 'dangerous'

export interface Verdict {
  risk: Risk
  /** What the name can do, for dangerous ones. */
  reason?: string
}

/** Packages whose classes are data: making one from a pickle runs no code of the file's choosing. */
export const DEFAULT_TRUSTED_PACKAGES = ['numpy', 'scipy', 'pandas', 'sklearn', 'joblib']

const RUNS_PROGRAMS = 'runs programs or system calls'
const RUNS_CODE = 'runs code given as text or bytes'
const REACHES_ANYTHING = 'reaches any attribute of any object'
const NETWORK = 'talks to the network'
const FILES = 'reads, writes or deletes files'
const UNPICKLES = 'unpickles something else'
const BYTECODE = 'builds functions from bytecode that is in the file'

/** Modules of which every name is dangerous, with their submodules. */
const DANGEROUS_MODULES = new Map(
  Object.entries({
    os: RUNS_PROGRAMS,
    posix: RUNS_PROGRAMS,
    nt: RUNS_PROGRAMS,
    subprocess: RUNS_PROGRAMS,
    _posixsubprocess: RUNS_PROGRAMS,
    commands: RUNS_PROGRAMS,
    popen2: RUNS_PROGRAMS,
    pty: RUNS_PROGRAMS,
    platform: RUNS_PROGRAMS,
    ctypes: RUNS_PROGRAMS,
    _ctypes: RUNS_PROGRAMS,
    cffi: RUNS_PROGRAMS,
    mmap: RUNS_PROGRAMS,
    signal: RUNS_PROGRAMS,
    multiprocessing: RUNS_PROGRAMS,
    asyncio: RUNS_PROGRAMS,
    threading: RUNS_PROGRAMS,
    _thread: RUNS_PROGRAMS,
    concurrent: RUNS_PROGRAMS,
    webbrowser: RUNS_PROGRAMS,
    pip: RUNS_PROGRAMS,
    setuptools: RUNS_PROGRAMS,
    distutils: RUNS_PROGRAMS,
    ensurepip: RUNS_PROGRAMS,
    venv: RUNS_PROGRAMS,
    sys: REACHES_ANYTHING,
    gc: REACHES_ANYTHING,
    inspect: REACHES_ANYTHING,
    operator: REACHES_ANYTHING,
    _operator: REACHES_ANYTHING,
    importlib: RUNS_CODE,
    imp: RUNS_CODE,
    _imp: RUNS_CODE,
    pkgutil: RUNS_CODE,
    zipimport: RUNS_CODE,
    runpy: RUNS_CODE,
    code: RUNS_CODE,
    codeop: RUNS_CODE,
    bdb: RUNS_CODE,
    pdb: RUNS_CODE,
    profile: RUNS_CODE,
    cProfile: RUNS_CODE,
    timeit: RUNS_CODE,
    trace: RUNS_CODE,
    doctest: RUNS_CODE,
    idlelib: RUNS_CODE,
    lib2to3: RUNS_CODE,
    test: RUNS_CODE,
    pydoc: RUNS_CODE,
    socket: NETWORK,
    _socket: NETWORK,
    ssl: NETWORK,
    urllib: NETWORK,
    urllib2: NETWORK,
    urllib3: NETWORK,
    http: NETWORK,
    httplib: NETWORK,
    requests: NETWORK,
    aiohttp: NETWORK,
    httpx: NETWORK,
    ftplib: NETWORK,
    smtplib: NETWORK,
    telnetlib: NETWORK,
    xmlrpc: NETWORK,
    socketserver: NETWORK,
    shutil: FILES,
    tempfile: FILES,
    io: FILES,
    _io: FILES,
    fileinput: FILES,
    glob: FILES,
    linecache: FILES,
    sqlite3: FILES,
    zipfile: FILES,
    tarfile: FILES,
    pickle: UNPICKLES,
    _pickle: UNPICKLES,
    cPickle: UNPICKLES,
    shelve: UNPICKLES,
    marshal: BYTECODE,
    types: BYTECODE,
    cloudpickle: BYTECODE,
    dill: BYTECODE,
    'numpy.testing': RUNS_CODE,
    'numpy.f2py': RUNS_PROGRAMS,
    'numpy.distutils': RUNS_PROGRAMS,
    'numpy.ctypeslib': RUNS_PROGRAMS,
    'scipy.weave': RUNS_PROGRAMS,
    'pandas.io': FILES,
    'pandas.core.computation': RUNS_CODE,
  }),
)

/** Dangerous names in modules that are otherwise not. */
const DANGEROUS_NAMES = new Map(
  Object.entries({
    'builtins.eval': RUNS_CODE,
    'builtins.exec': RUNS_CODE,
    'builtins.execfile': RUNS_CODE,
    'builtins.compile': RUNS_CODE,
    'builtins.__import__': RUNS_CODE,
    'builtins.reload': RUNS_CODE,
    'builtins.breakpoint': RUNS_CODE,
    'builtins.apply': REACHES_ANYTHING,
    'builtins.map': REACHES_ANYTHING,
    'builtins.filter': REACHES_ANYTHING,
    'builtins.getattr': REACHES_ANYTHING,
    'builtins.setattr': REACHES_ANYTHING,
    'builtins.delattr': REACHES_ANYTHING,
    'builtins.globals': REACHES_ANYTHING,
    'builtins.locals': REACHES_ANYTHING,
    'builtins.vars': REACHES_ANYTHING,
    'builtins.dir': REACHES_ANYTHING,
    'builtins.open': FILES,
    'builtins.file': FILES,
    'builtins.input': RUNS_CODE,
    'builtins.raw_input': REACHES_ANYTHING,
    'builtins.memoryview': REACHES_ANYTHING,
    'functools.reduce': REACHES_ANYTHING,
    'numpy.load': UNPICKLES,
    'numpy.fromfile': FILES,
    'numpy.loadtxt': FILES,
    'numpy.genfromtxt': FILES,
    'numpy.save': FILES,
    'numpy.savez': FILES,
    'numpy.savetxt': FILES,
    'numpy.memmap': FILES,
    'pandas.eval': RUNS_CODE,
    'pandas.read_pickle': UNPICKLES,
    'pandas.read_csv': FILES,
    'joblib.load': UNPICKLES,
    'joblib.numpy_pickle.load': UNPICKLES,
  }),
)

/** Standard library names that make plain data. */
const SAFE_NAMES = new Set([
  ...[
    'set',
    'frozenset',
    'bytes',
    'bytearray',
    'complex',
    'int',
    'long',
    'float',
    'str',
    'unicode',
    'bool',
    'list',
  ].map((name) => `builtins.${name}`),
  ...['dict', 'tuple', 'object', 'slice', 'range', 'xrange', 'NoneType', 'Ellipsis', 'type'].map(
    (name) => `builtins.${name}`,
  ),
  'copyreg._reconstructor',
  'copyreg.__newobj__',
  'copyreg.__newobj_ex__',
  'collections.OrderedDict',
  'collections.defaultdict',
  'collections.Counter',
  'collections.deque',
  'datetime.datetime',
  'datetime.date',
  'datetime.time',
  'datetime.timedelta',
  'datetime.timezone',
  'decimal.Decimal',
  'fractions.Fraction',
  'uuid.UUID',
  '_codecs.encode',
  // Calls nothing by itself; the function that it is given is judged under its own name.
  'functools.partial',
  'pathlib.PosixPath',
  'pathlib.WindowsPath',
  'pathlib.PurePosixPath',
])

/** Functions in trusted packages that rebuild data, whatever submodule they stand in. */
const SAFE_FUNCTIONS = new Set([
  '_reconstruct',
  'scalar',
  '_frombuffer',
  '_mareconstruct',
  '_ufunc_reconstruct',
  '_convert_to_stringdtype_kwargs',
  'dtype',
  'ndarray',
  'matrix',
  'recarray',
  'record',
  'newObj',
  'make_column_selector',
  'csr_matrix',
  'csc_matrix',
  'coo_matrix',
  'csr_array',
  'csc_array',
  'coo_array',
  'lil_matrix',
  'dok_matrix',
  'dia_matrix',
  'bsr_matrix',
  '_new_Index',
  '_new_DatetimeIndex',
  '_unpickle_block',
  'new_block',
  '__bit_generator_ctor',
  '__generator_ctor',
  '__randomstate_ctor',
])

/** Scalar types of numpy, which are classes with a small initial. */
const NUMPY_SCALAR =
  /^numpy\.(u?int(8|16|32|64|p|c)?|float(16|32|64|128)?|complex(64|128)?|bool_?|str_|bytes_|object_|void|datetime64|timedelta64|longdouble|half|single|double|generic|nan)$/

function findModule(module: string, name: string): string | undefined {
  const parts = module.split('.')
  for (let length = parts.length; length > 0; length--) {
    const reason = DANGEROUS_MODULES.get(parts.slice(0, length).join('.'))
    if (reason !== undefined) return reason
  }
  // `GLOBAL 'a' 'b.c'` walks attributes: the file may reach `os` through any module that imports it.
  const hops = name.split('.').slice(0, -1)
  return hops.map((hop) => DANGEROUS_MODULES.get(hop)).find((reason) => reason !== undefined)
}

/**
 * Judges one imported name.
 *
 * A function of a trusted package that is only referred to, not called, is safe (`FunctionTransformer(numpy.log1p)`).
 *
 * @param trustedPackages top-level packages whose classes are data
 */
export function judgeGlobal(
  module: string,
  name: string,
  called: boolean,
  trustedPackages: ReadonlySet<string>,
): Verdict {
  const path = `${module}.${name}`
  const reason = DANGEROUS_NAMES.get(path) ?? findModule(module, name)
  if (reason !== undefined) return { risk: 'dangerous', reason }
  if (SAFE_NAMES.has(path)) return { risk: 'safe' }
  if (!trustedPackages.has(module.split('.')[0] as string) || name.includes('.')) return { risk: 'unknown' }
  const isClass = /^_*[A-Z]/.test(name) || NUMPY_SCALAR.test(path)
  if (isClass || SAFE_FUNCTIONS.has(name) || name.startsWith('__pyx_unpickle_')) return { risk: 'safe' }
  return { risk: called ? 'unknown' : 'safe' }
}
