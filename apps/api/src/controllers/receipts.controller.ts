import type { AnswerOf } from '#contracts';
import { ReadReceipt } from '#market';
import { Controller } from '@nestjs/common';
import { answer } from '../http/answer.js';
import { In, type Input } from '../http/input.js';
import { Serves } from '../http/serves.js';
import { receiptView, waitingView } from '../views/receipt-view.js';

/** Receipts of what was decided. */
@Controller()
export class ReceiptsController {
  constructor(private readonly readReceipt: ReadReceipt) {}

  @Serves('readReceipt')
  ofBid(@In() { caller, params }: Input<'readReceipt'>): Promise<AnswerOf<'readReceipt'>> {
    return answer(this.readReceipt.run(caller, params.bidId), { sealed: receiptView, waiting: waitingView });
  }
}
