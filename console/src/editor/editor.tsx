import CodeEditor, { type CodeEditorProps } from '@cloudscape-design/components/code-editor';
import { useState, useSyncExternalStore } from 'react';
import { followLook, isDark } from '../shell/look';
import { ace } from './ace';

const LANGUAGES: Record<string, CodeEditorProps.Language> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  py: 'python',
  rb: 'ruby',
  sh: 'sh',
  bootstrap: 'sh',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
};

interface EditorProps {
  file: string;
  value: string;
  onChange: (value: string) => void;
}

/** The code editor. Only pages that edit code load it. */
export default function Editor({ file, value, onChange }: EditorProps) {
  const [preferences, setPreferences] = useState<CodeEditorProps.Preferences>();
  const theme = useSyncExternalStore(followLook, isDark) ? 'cloud_editor_dark' : 'cloud_editor';
  return (
    <CodeEditor
      ace={ace}
      value={value}
      language={LANGUAGES[file.split('.').pop() ?? ''] ?? 'text'}
      onDelayedChange={({ detail }) => onChange(detail.value)}
      preferences={{ wrapLines: true, ...preferences, theme }}
      onPreferencesChange={({ detail }) => setPreferences(detail)}
      themes={{ light: ['cloud_editor'], dark: ['cloud_editor_dark'] }}
      editorContentHeight={380}
      ariaLabel={`Code of ${file}`}
    />
  );
}
