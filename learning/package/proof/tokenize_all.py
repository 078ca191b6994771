"""tokenize_all.py FOLDER: the package's words around every assigned character, as JSON on standard output."""

import json
import os
import sys
import unicodedata

folder = sys.argv[1]
sys.path.insert(0, os.path.join(folder, "code"))

from gridsearch_pyfunc import GridsearchModel  # noqa: E402

model = GridsearchModel(folder)
# Cn is unassigned (newer Unicode may differ), Cs no character, Co private.
assigned = [code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
tokens = [model.features.tokenize(f"a{chr(code)}B{chr(code)} '{chr(code)}") for code in assigned]
print(json.dumps({"assigned": assigned, "tokens": tokens}))
