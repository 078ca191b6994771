/** Every version of every registered model. */
import type { ModelVersion, TrackingClient } from '../../tracking/client/index.js';

/** Models by name, of each the newest version first. Asked for one by one, as some servers leave aliases out of their lists. */
export async function allVersions(client: TrackingClient): Promise<ModelVersion[]> {
  const listed = await client.searchModelVersions();
  const versions = await Promise.all(
    listed.map(({ name, version }) => client.getModelVersion(name, version)),
  );
  return versions.sort((a, b) => a.name.localeCompare(b.name) || Number(b.version) - Number(a.version));
}
