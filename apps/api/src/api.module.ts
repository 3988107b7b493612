import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { AccountsController } from './controllers/accounts.controller.js';
import { AllocationsController } from './controllers/allocations.controller.js';
import { BidsController } from './controllers/bids.controller.js';
import { KeysController } from './controllers/keys.controller.js';
import { MarketsController } from './controllers/markets.controller.js';
import { OrganisationsController } from './controllers/organisations.controller.js';
import { ReceiptsController } from './controllers/receipts.controller.js';
import { SessionsController } from './controllers/sessions.controller.js';
import { ServiceController } from './controllers/service.controller.js';
import { SitesController } from './controllers/sites.controller.js';
import { BudgetsController } from './controllers/budgets.controller.js';
import { IncidentsController } from './controllers/incidents.controller.js';
import { RecurringController } from './controllers/recurring.controller.js';
import { WindowsController } from './controllers/windows.controller.js';
import { ViewsController } from './controllers/views.controller.js';
import { OperationCheck } from './http/operation-check.js';
import { AuthGuard } from './http/auth-guard.js';
import type { ProblemFilter } from './http/problem-filter.js';
import { ReplyInterceptor } from './http/reply.js';
import { type DatabaseTurns, TurnInterceptor } from './http/turn-interceptor.js';

/** The HTTP side: controllers over services that are made elsewhere. */
@Module({})
export class ApiModule {
  /** @param services plain objects, each injected by its class. */
  static over(services: readonly object[], turns: DatabaseTurns, filter: ProblemFilter): DynamicModule {
    return {
      module: ApiModule,
      imports: [DiscoveryModule],
      controllers: [
        OrganisationsController,
        KeysController,
        SessionsController,
        MarketsController,
        SitesController,
        BudgetsController,
        WindowsController,
        RecurringController,
        IncidentsController,
        BidsController,
        AllocationsController,
        ReceiptsController,
        AccountsController,
        ViewsController,
        ServiceController,
      ],
      providers: [
        ...services.map((service): Provider => ({ provide: service.constructor, useValue: service })),
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_INTERCEPTOR, useClass: ReplyInterceptor },
        { provide: APP_INTERCEPTOR, useValue: new TurnInterceptor(turns) },
        { provide: APP_FILTER, useValue: filter },
        OperationCheck,
      ],
    };
  }
}
