import 'ace-builds/css/ace.css';
import 'ace-builds/css/theme/cloud_editor.css';
import 'ace-builds/css/theme/cloud_editor_dark.css';
import ace from 'ace-builds/src-noconflict/ace';
import 'ace-builds/src-noconflict/ext-language_tools';
import 'ace-builds/src-noconflict/theme-cloud_editor';
import 'ace-builds/src-noconflict/theme-cloud_editor_dark';
import javascriptWorker from 'ace-builds/src-noconflict/worker-javascript?url';
import jsonWorker from 'ace-builds/src-noconflict/worker-json?url';

type Module = () => Promise<unknown>;

/** What is fetched when a file needs it, as modules: ace would fetch them from addresses that do not
 * exist here. Its types do not know the hook. */
const later = (ace.config as unknown as { dynamicModules: Record<string, Module> }).dynamicModules;
later['ace/mode/javascript'] = () => import('ace-builds/src-noconflict/mode-javascript');
later['ace/mode/typescript'] = () => import('ace-builds/src-noconflict/mode-typescript');
later['ace/mode/python'] = () => import('ace-builds/src-noconflict/mode-python');
later['ace/mode/ruby'] = () => import('ace-builds/src-noconflict/mode-ruby');
later['ace/mode/json'] = () => import('ace-builds/src-noconflict/mode-json');
later['ace/mode/yaml'] = () => import('ace-builds/src-noconflict/mode-yaml');
later['ace/mode/sh'] = () => import('ace-builds/src-noconflict/mode-sh');
later['ace/snippets/javascript'] = () => import('ace-builds/src-noconflict/snippets/javascript');
later['ace/snippets/typescript'] = () => import('ace-builds/src-noconflict/snippets/typescript');
later['ace/snippets/python'] = () => import('ace-builds/src-noconflict/snippets/python');
later['ace/snippets/ruby'] = () => import('ace-builds/src-noconflict/snippets/ruby');
later['ace/snippets/json'] = () => import('ace-builds/src-noconflict/snippets/json');
later['ace/snippets/yaml'] = () => import('ace-builds/src-noconflict/snippets/yaml');
later['ace/snippets/sh'] = () => import('ace-builds/src-noconflict/snippets/sh');
later['ace/snippets/text'] = () => import('ace-builds/src-noconflict/snippets/text');

// Before the first editor: ace would write style elements into the page, which the policy forbids.
ace.config.set('useStrictCSP', true);
ace.config.set('loadWorkerFromBlob', false);
ace.config.setModuleUrl('ace/mode/javascript_worker', javascriptWorker);
ace.config.setModuleUrl('ace/mode/json_worker', jsonWorker);
// The checker of Yaml is not worth its size here.
ace.config.setModuleUrl('ace/mode/yaml_worker', jsonWorker);

export { ace };
