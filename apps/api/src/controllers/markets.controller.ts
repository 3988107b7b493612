import type { AnswerOf } from '#contracts';
import { AdvanceClock, ChangeMarketStatus, CreateMarket, ReadPrices } from '#market';
import { Controller } from '@nestjs/common';
