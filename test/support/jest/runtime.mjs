// Jest's runtime, but that packages are loaded by Node itself: once a process, not once a test file. An end-to-end test imports some 2,000 files of
// packages, which took 4 of its 5 seconds of the processor. Our own code is loaded anew for each file, as ever, but what TypeScript it was made of is
// read and looked up once a process.
import { pathToFileURL } from 'node:url';
import { SyntheticModule } from 'node:vm';
import JestRuntime from 'jest-runtime';

/** Our own code as JavaScript, by project and path. */
const transformed = new Map();
/** Where packages are that our own code names: the same for all of it. */
const paths = new Map();
/** WebAssembly, and what it calls: it knows errors and promises by the globals that it was loaded with, and does not live on after one that it does not know. */
const OF_THE_TEST = /^@prisma\/(schema-engine-wasm|adapter-pg|driver-adapter-utils)/;
const isOfPackage = (path) => path.includes('/node_modules/') && /\.[cm]?js$/.test(path);

export default class Runtime extends JestRuntime {
  /** Packages that this test file has imported, by their paths. */
  packages = new Map();

  constructor(...args) {
    super(...args);
    const loader = this.esmLoader;
    const ours = loader.resolveModule.bind(loader);
    loader.resolveModule = async (specifier, from, context) => {
      const path = await this.packagePath(specifier, from);
      return path === undefined ? ours(specifier, from, context) : this.importPackage(path, context);
    };
    transformOnce(this.transformCache, this._config.id);
    this._resolution.hasDistinctAsyncResolver = () => true; // newer Nodes would not ask `resolveModule` else
  }

  async packagePath(specifier, from) {
    if (/^[./#]|^node:|^data:|^@jest\/globals$/.test(specifier) || OF_THE_TEST.test(specifier)) return undefined;
    if (!paths.has(specifier)) {
      const path = await this._resolution.resolveEsmAsync(from, specifier);
      paths.set(specifier, isOfPackage(path) ? path : undefined);
    }
    return paths.get(specifier);
  }

  importPackage(path, context) {
    let loading = this.packages.get(path);
    if (!loading) this.packages.set(path, (loading = packageModule(path, context)));
    return loading;
  }
}

async function packageModule(path, context) {
  const namespace = await import(pathToFileURL(path).href);
  const names = Object.keys(namespace);
  const module = new SyntheticModule(names, () => names.forEach((name) => module.setExport(name, namespace[name])), {
    context,
    identifier: path,
  });
  await module.link(() => undefined);
  await module.evaluate();
  return module;
}

/** The code of a file does not change while tests run. */
function transformOnce(cache, project) {
  const transform = cache.transform.bind(cache);
  cache.transform = (path, options) => {
    const key = `${project} ${options?.isInternalModule} ${path}`;
    const known = transformed.get(key);
    if (known === undefined) {
      const code = transform(path, options);
      const file = cache.transforms.get(path);
      if (file) transformed.set(key, file);
      return code;
    }
    cache.transforms.set(path, known);
    if (known.sourceMapPath) cache.sourceMaps.set(path, known.sourceMapPath);
    return known.code;
  };
}
