/**
 * Native TensorFlow from its Python wheel. The wheel carries the C library and its headers; tfjs-node's binding (two C++ files)
 * is compiled against them with Node-API's headers from npm, so Node's own headers need no download. No Python code of it runs.
 */
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { findCompiler } from './compiler.mjs';
import { packageFrom } from './engine-home.mjs';
import { downloadWheel, findPip } from './registry.mjs';
import { findProgram, run } from './run.mjs';
import { installPackages } from './system-packages.mjs';

const TENSORFLOW = '2.21.0';
/**
 * The wheels are for glibc 2.27 and newer. Their C library does not depend on Python, so any CPython's wheel does: 3.11's, whatever
 * Python runs here. Pinned by digest: what was tested is what is used.
 */
const WHEELS = {
  x64: {
    project: 'tensorflow-cpu',
    platform: 'manylinux_2_27_x86_64',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  },
  arm64: {
    project: 'tensorflow',
    platform: 'manylinux_2_27_aarch64',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  },
};
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
/** 274 MB of wheel and 853 MB of libraries lie side by side for a moment; the libraries keep 634 MB. */
const DISK_BYTES = 1.25e9;

/** Unpacks only what is linked and included: 2 of 15,632 files, and a few headers. */
const UNPACK = `
import shutil, sys, zipfile
wheel, to = sys.argv[1:3]
headers = ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/')
headers = tuple('tensorflow/include/' + folder for folder in headers)
libraries = tuple('tensorflow/' + name for name in sys.argv[3:])
notices = ('tensorflow/THIRD_PARTY_NOTICES.txt',)
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in libraries + notices:
            target = to + '/deps/lib/' + name.rsplit('/', 1)[1]
            with archive.open(name) as source, open(target, 'wb') as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        elif name.startswith(headers) and name.endswith('.h'):
            archive.extract(name, to)
`;

/** The version of the GNU C library Node runs on, or undefined (musl, macOS). */
function glibc() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime;
}

/** Why this machine can't use the wheel, or undefined. */
export function wheelObstacle({ platform, arch, glibcVersion }) {
  if (platform !== 'linux' || !WHEELS[arch]) return `there is no wheel for ${platform} ${arch}`;
  const [major, minor] = (glibcVersion ?? '0.0').split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27)) {
    return `it needs glibc 2.27 or newer and this system has ${glibcVersion ?? 'another C library'}`;
  }
  return undefined;
}

/** What each package manager calls Python with pip, and the C++ compiler. */
const PACKAGES = {
  'apt-get': { pip: ['python3', 'python3-pip'], compiler: ['g++'] },
  dnf: { pip: ['python3', 'python3-pip'], compiler: ['gcc-c++'] },
};

async function findTools({ packages, env, say }) {
  const missing = { pip: !(await findPip()), compiler: !findCompiler() };
  const names = Object.entries(missing)
    .filter(([, absent]) => absent)
    .map(([tool]) => ({ pip: 'python3 with pip', compiler: 'a C++ compiler' })[tool]);
  if (names.length > 0) {
    const known = PACKAGES[packages.name];
    if (packages.reason || !known) {
      throw new Error(
        `${names.join(' and ')} missing (${packages.reason ?? `not known to ${packages.name} here`})`,
      );
    }
    say(`installing ${names.join(' and ')} with ${packages.name}, to build the native engine`);
    await installPackages(
      packages,
      Object.keys(missing)
        .filter((tool) => missing[tool])
        .flatMap((tool) => known[tool]),
      env,
    );
  }
  const [python, compiler] = [await findPip(), findCompiler()];
  if (!python || !compiler) throw new Error(`${packages.name} ran but ${names.join(' and ')} still missing`);
  return { python, compiler };
}

function download(folder) {
  const { project: name, platform, sha256 } = WHEELS[process.arch];
  const options = ['--implementation', 'cp', '--python-version', '311', '--abi', 'cp311'];
  return downloadWheel({
    name,
    version: TENSORFLOW,
    sha256,
    folder,
    options: [...options, '--platform', platform],
  });
}

async function compile(compiler, home, folder) {
  const source = home.tfjsNode;
  const headers = packageFrom(join(home.folder, 'package.json'), 'node-api-headers');
  const libraries = LIBRARIES.map((name) => join(folder, 'deps', 'lib', name));
  await run(
    compiler,
    ['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION']
      .concat([`-I${join(headers, 'include')}`])
      .concat([`-I${join(folder, 'tensorflow', 'include')}`])
      .concat([join(source, 'binding', 'tfjs_backend.cc'), join(source, 'binding', 'tfjs_binding.cc')])
      // $ORIGIN is the loader's word for the binding's own folder.
      .concat([...libraries, '-Wl,-rpath,$ORIGIN/../../deps/lib'])
      .concat(['-o', join(folder, 'lib', 'napi-v8', 'tfjs_binding.node')]),
    { seconds: 300 },
  );
}

/** A fifth of the libraries is symbol names that only a debugger reads. */
async function strip(folder) {
  const program = findProgram('strip');
  if (!program) return;
  for (const name of LIBRARIES) {
    await run(program, ['--strip-unneeded', join(folder, 'deps', 'lib', name)], { seconds: 120 }).catch(
      () => {},
    );
  }
}

/** @returns {Promise<{folder: string, how: string}>} a finished engine in a folder of its own inside the cache */
export async function wheelWay({ env, cache, home, packages, say }) {
  const obstacle = wheelObstacle({
    platform: process.platform,
    arch: process.arch,
    glibcVersion: glibc(),
  });
  if (obstacle) throw new Error(obstacle);
  const space = await statfs(cache);
  if (space.bavail * space.bsize < DISK_BYTES) {
    const free = Math.round((space.bavail * space.bsize) / 1e6);
    throw new Error(`${cache} has ${free} MB free, ${DISK_BYTES / 1e6} MB are needed for a moment`);
  }
  const { python, compiler } = await findTools({ packages, env, say });
  const folder = await mkdtemp(join(cache, 'building-'));
  try {
    await mkdir(join(folder, 'deps', 'lib'), { recursive: true });
    await mkdir(join(folder, 'lib', 'napi-v8'), { recursive: true });
    const { project } = WHEELS[process.arch];
    say(`downloading ${project} ${TENSORFLOW} with pip (274 MB, once per user), for its C library`);
    const wheel = await download(folder);
    say("unpacking it and compiling tfjs-node's binding against it");
    await run(python, ['-c', UNPACK, wheel, folder, ...LIBRARIES], { seconds: 300 });
    await rm(wheel);
    await compile(compiler, home, folder);
    await strip(folder);
    await rm(join(folder, 'tensorflow'), { recursive: true });
    await rm(join(folder, 'requirements.txt'));
    return { folder, how: `from the ${project} wheel, binding compiled here` };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
wheelWay.title = "TensorFlow's wheel";
