import type { Command } from 'commander';
import type { HostTerminal } from '../../terminal.js';
import { registerAgent } from './agent.js';
import { registerApi } from './api.js';
import { registerBid } from './bid.js';
import { registerBids } from './bids.js';
import { registerBudgets } from './budgets.js';
import { registerCompletion } from './completion.js';
import { registerDoctor } from './doctor.js';
import { registerLogin } from './login.js';
import { registerMarkets } from './markets.js';
import { registerMoney } from './money.js';
import { registerPrices } from './prices.js';
import { registerQuote } from './quote.js';
import { registerReceipt } from './receipt.js';
import { registerSandbox } from './sandbox.js';
import { registerTenancy } from './tenancy.js';
import { registerWatch } from './watch.js';
import { registerWhy } from './why.js';
import { registerWindows } from './windows.js';

/** The commands that talk to a server, in the order that --help shows. */
export const CLIENT_COMMANDS: readonly ((program: Command, terminal: HostTerminal) => void)[] = [
  registerLogin,
  registerSandbox,
  registerMarkets,
  registerPrices,
  registerQuote,
  registerBid,
  registerBids,
  registerWhy,
  registerReceipt,
  registerWatch,
  registerWindows,
  registerMoney,
  registerTenancy,
  registerBudgets,
  registerAgent,
  registerApi,
  registerDoctor,
  registerCompletion,
];
