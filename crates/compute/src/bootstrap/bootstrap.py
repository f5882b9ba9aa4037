"""Where a Python worker starts. The rest is a module, because Python keeps compiled modules only."""

import crossway_runtime

crossway_runtime.main()
