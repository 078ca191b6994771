/** Downloads: packages' archives from the user's registries, pinned by digest and kept in the cache, and what is in them. */
export { type RegistryArchive, registryFile } from './registry-file.js';
export { tgzEntry } from './tar.js';
export { wheelEntries, type ZipEntry, zipEntries } from './zip.js';
