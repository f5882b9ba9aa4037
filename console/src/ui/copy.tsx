import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { Breakable } from './breakable';

/** Copies a text; says whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard on plain http under a host name.
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('readonly', '');
    area.className = 'off-screen';
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    return isCopied;
  }
}

interface CopyProps {
  text: string;
  label: string;
  /** A small icon instead of a button with words. */
  icon?: boolean;
}

export function CopyButton({ text, label, icon }: CopyProps) {
  const [word, setWord] = useState('');
  const onClick = () => {
    void copyText(text).then((isCopied) => {
      setWord(isCopied ? 'Copied' : 'Select the text and copy it');
      setTimeout(() => setWord(''), 2000);
    });
  };
  const look = icon
    ? ({ variant: 'inline-icon', ariaLabel: label } as const)
    : ({ variant: 'normal' } as const);
  return (
    <span className="copy">
      <Button iconName={word === 'Copied' ? 'check' : 'copy'} onClick={onClick} {...look}>
        {icon ? undefined : label}
      </Button>
      <Box variant="span" fontSize="body-s" color="text-status-success">
        <span aria-live="polite">{word}</span>
      </Box>
    </span>
  );
}

/** A value with a button to copy it, such as an ARN. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <span className="copyable">
      <CopyButton text={text} label={`Copy ${label}`} icon /> <Breakable text={text} />
    </span>
  );
}
