import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button.js';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Something that has to be answered before the page goes on. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="dialog">
        <AriaDialog>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps extends DialogProps {
  /** What the button says: what will happen. */
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
}

/** Asks before something is done that can't be undone. */
export function Confirm({ action, isDangerous, isBusy = false, onConfirm, children, ...dialog }: ConfirmProps) {
  return (
    <Dialog {...dialog}>
      {children}
      <div className="form-actions">
        <Button look={isDangerous ? 'danger' : 'primary'} isDisabled={isBusy} onPress={onConfirm}>
          {action}
        </Button>
        <Button look="quiet" onPress={dialog.onClose}>
          Cancel
        </Button>
      </div>
    </Dialog>
  );
}
