import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  readonly look?: 'primary' | 'danger' | 'quiet';
  readonly isSmall?: boolean;
  readonly isIcon?: boolean;
  readonly extra?: string;
  readonly children: ReactNode;
}

/** The class of a button, for links that look like one too. */
export const buttonClass = ({ look, isSmall, isIcon, extra }: Pick<ButtonProps, 'look' | 'isSmall' | 'isIcon' | 'extra'>): string =>
  ['button', look && `is-${look}`, isSmall && 'is-small', isIcon && 'is-icon', extra].filter(Boolean).join(' ');

/** A button. */
export function Button({ look, isSmall, isIcon, extra, ...rest }: ButtonProps) {
  const className = buttonClass({ ...(look && { look }), ...(isSmall && { isSmall }), ...(isIcon && { isIcon }), ...(extra && { extra }) });
  return <AriaButton {...rest} className={className} />;
}
