import javascriptWorker from 'ace-builds/src-noconflict/worker-javascript?url';
import jsonWorker from 'ace-builds/src-noconflict/worker-json?url';

/** Loads ace so that it runs under a policy without inline styles, blobs and foreign scripts. */
export async function loadAce(): Promise<unknown> {
  const { default: ace } = await import('ace-builds/src-noconflict/ace');
  // Before the first editor: ace would write style elements into the page.
  ace.config.set('useStrictCSP', true);
  ace.config.set('loadWorkerFromBlob', false);
  await Promise.all([
    import('ace-builds/css/ace.css'),
    import('ace-builds/css/theme/cloud_editor.css'),
    import('ace-builds/css/theme/cloud_editor_dark.css'),
    import('ace-builds/src-noconflict/theme-cloud_editor'),
    import('ace-builds/src-noconflict/theme-cloud_editor_dark'),
    import('ace-builds/src-noconflict/mode-javascript'),
    import('ace-builds/src-noconflict/mode-typescript'),
    import('ace-builds/src-noconflict/mode-python'),
    import('ace-builds/src-noconflict/mode-json'),
    import('ace-builds/src-noconflict/mode-yaml'),
    import('ace-builds/src-noconflict/ext-language_tools'),
    // As modules: ace would fetch them from an address that does not exist here.
    import('ace-builds/src-noconflict/snippets/javascript'),
    import('ace-builds/src-noconflict/snippets/typescript'),
    import('ace-builds/src-noconflict/snippets/python'),
    import('ace-builds/src-noconflict/snippets/json'),
    import('ace-builds/src-noconflict/snippets/yaml'),
  ]);
  ace.config.setModuleUrl('ace/mode/javascript_worker', javascriptWorker);
  ace.config.setModuleUrl('ace/mode/json_worker', jsonWorker);
  // The checker of Yaml is not worth its size here.
  ace.config.setModuleUrl('ace/mode/yaml_worker', jsonWorker);
  return ace;
}
