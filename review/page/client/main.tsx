/** The review page: finds the view that the address names, and draws it. */
import { render } from 'preact';
import './styles.css';
import { helpShown, listenToKeys } from './keys.js';
import { Help } from './parts/help.js';
import { Notice } from './parts/notice.js';
import { Nothing } from './parts/states.js';
import { followLinks, idIn, place, versionIn } from './router.js';
import { Compare } from './views/compare.js';
import { Models } from './views/models.js';
import { Run } from './views/run.js';
import { Search } from './views/search.js';
import { Searches } from './views/searches.js';
import { Submit } from './views/submit.js';
import { Version } from './views/version.js';
import { Workers } from './views/workers.js';

function View() {
  const { path } = place.value;
  if (path === '/' || path === '/searches') return <Searches />;
  if (path === '/models') return <Models />;
  if (path === '/compare') return <Compare />;
  if (path === '/submit') return <Submit />;
  if (path === '/workers') return <Workers />;
  const search = idIn(path, 'searches');
  if (search !== undefined) return <Search key={search} id={search} />;
  const run = idIn(path, 'runs');
  if (run !== undefined) return <Run key={run} id={run} />;
  const [name, version] = versionIn(path) ?? [];
  if (name !== undefined && version !== undefined)
    return <Version key={path} name={name} version={version} />;
  return (
    <Nothing>
      <h1>Nothing here</h1>
      <p>
        No view has this address. <a href="/searches">All searches</a>
      </p>
    </Nothing>
  );
}

function Page() {
  const { path } = place.value;
  const at = (start: string) => (path.startsWith(start) ? 'page' : undefined);
  return (
    <>
      <header class="bar">
        <a class="name" href="/">
          gridsearch
        </a>
        <nav aria-label="Views">
          <a href="/searches" aria-current={path === '/' ? 'page' : at('/searches')}>
            Searches
          </a>
          <a href="/models" aria-current={at('/models')}>
            Models
          </a>
          <a href="/workers" aria-current={at('/workers')}>
            Workers
          </a>
          <a href="/submit" aria-current={at('/submit')}>
            Submit
          </a>
        </nav>
        <button
          type="button"
          onClick={() => {
            helpShown.value = true;
          }}
        >
          Keys <kbd>?</kbd>
        </button>
      </header>
      <main tabIndex={-1}>
        <Notice />
        <View />
      </main>
      <Help />
    </>
  );
}

followLinks();
listenToKeys();
render(<Page />, document.getElementById('page')!);
