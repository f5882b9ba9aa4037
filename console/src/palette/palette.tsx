import Input, { type InputProps } from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { here } from '../api/place';
import { signOut } from '../data/sessions';
import { useData } from '../data/useData';
import { changeLook } from '../shell/look';
import { fixedEntries, matching, resourceEntries, type Entry } from './entries';

const SHOWN_MAX = 12;

interface PaletteProps {
  openTutorial: () => void;
  onClose: () => void;
}

/** Everything by its name, or by the name that it had in AWS's older console. */
export default function Palette({ openTutorial, onClose }: PaletteProps) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const resources = useData('palette', resourceEntries);
  const api = /^\/apigateway\/apis\/([^/]+)/.exec(pathname)?.[1];
  const fixed = useMemo(() => fixedEntries(api), [api]);
  const found = useMemo(
    () => matching([...fixed, ...(resources.value ?? [])], typed).slice(0, SHOWN_MAX),
    [fixed, resources.value, typed],
  );
  const chosen = Math.min(at, found.length - 1);
  const box = useRef<InputProps.Ref>(null);
  useEffect(() => {
    // The dialog takes the focus for its close button first.
    const timer = setTimeout(() => box.current?.focus(), 50);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    if (entry.to) void navigate(entry.to);
    else if (entry.href) window.open(entry.href, '_blank', 'noopener');
    else if (entry.action === 'tutorial') openTutorial();
    else if (entry.action === 'sign-out') {
      void signOut(here().session).then(() => window.location.assign('/console/'));
    } else if (entry.action) changeLook(entry.action);
  };
  const onKey = (key: string) => {
    if (key === 'Enter') run(found[chosen]);
    else if (key === 'ArrowDown') setAt((chosen + 1) % Math.max(found.length, 1));
    else if (key === 'ArrowUp') setAt((chosen + found.length - 1) % Math.max(found.length, 1));
    else return false;
    return true;
  };
  return (
    <Modal visible header="Search" closeAriaLabel="Close" onDismiss={onClose}>
      <Input
        type="search"
        ref={box}
        value={typed}
        ariaLabel="Search pages, actions and resources"
        placeholder="Pages, actions, resources – old names, too"
        onChange={({ detail }) => {
          setTyped(detail.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (onKey(event.detail.key)) event.preventDefault();
        }}
        nativeInputAttributes={{
          role: 'combobox',
          'aria-expanded': true,
          'aria-controls': `${id}-list`,
          'aria-activedescendant': found[chosen] ? `${id}-${chosen}` : undefined,
        }}
      />
      <ul className="palette" role="listbox" id={`${id}-list`} aria-label="Results" ref={list}>
        {found.map((entry, index) => (
          <li
            key={`${entry.hint} ${entry.text} ${entry.to ?? entry.href ?? ''}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseMove={({ movementX, movementY }) => {
              // A list that appears under a resting pointer is not pointed at.
              if (movementX !== 0 || movementY !== 0) setAt(index);
            }}
            onClick={() => run(entry)}
          >
            <span>{entry.text}</span>
            <span className="palette-hint">{entry.hint}</span>
          </li>
        ))}
      </ul>
      <div aria-live="polite" className="palette-none">
        {found.length === 0 ? 'Nothing has this name.' : ''}
      </div>
    </Modal>
  );
}
