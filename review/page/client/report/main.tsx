/** The search view as one file: the same parts as the page, over what came with the file. */
import { render } from 'preact';
import '../styles.css';
import { fullTime } from '../format.js';
import { helpShown, listenToKeys } from '../keys.js';
import { Help } from '../parts/help.js';
import { followLinks, idIn, place } from '../router.js';
import { Run } from '../views/run.js';
import { Search } from '../views/search.js';
import { Missing } from './missing.js';
import { told } from './told.js';

function View() {
  const { path } = place.value;
  if (told.answers[path] === undefined) return <Missing />;
  const run = idIn(path, 'runs');
  if (run !== undefined) return <Run key={run} id={run} />;
  const search = idIn(path, 'searches');
  if (search !== undefined) return <Search key={search} id={search} />;
  return <Missing />;
}

function Report() {
  return (
    <>
      <header class="bar">
        <a class="name" href={told.start}>
          gridsearch report
        </a>
        <span class="soft">made {fullTime(told.made)}</span>
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
        <View />
      </main>
      <Help />
    </>
  );
}

followLinks();
listenToKeys();
render(<Report />, document.getElementById('page')!);
