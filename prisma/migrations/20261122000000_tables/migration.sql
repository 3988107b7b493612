-- CreateEnum
CREATE TYPE "key_role" AS ENUM ('operator', 'bidder', 'auditor');

-- CreateEnum
CREATE TYPE "market_clock" AS ENUM ('manual', 'realtime');

-- CreateEnum
CREATE TYPE "market_status" AS ENUM ('open', 'paused', 'closed');

-- CreateEnum
CREATE TYPE "outcome" AS ENUM ('accepted', 'refused');

-- CreateEnum
CREATE TYPE "account_kind" AS ENUM ('funding', 'wallet', 'escrow', 'revenue');

-- CreateEnum
CREATE TYPE "transfer_kind" AS ENUM ('deposit', 'hold', 'capture', 'void');

-- CreateTable
CREATE TABLE "organisation" (
    "id" BIGSERIAL NOT NULL,
    "parent_id" BIGINT,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" BIGSERIAL NOT NULL,
    "organisation_id" BIGINT NOT NULL,
    "role" "key_role" NOT NULL,
    "scopes" TEXT[],
    "label" TEXT,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "market" (
    "id" BIGSERIAL NOT NULL,
    "organisation_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "clock" "market_clock" NOT NULL,
    "status" "market_status" NOT NULL DEFAULT 'open',
    "slot_minutes" INTEGER NOT NULL,
    "horizon_slots" INTEGER NOT NULL,
    "chunk_kb" BIGINT NOT NULL,
    "bandwidth_kb" BIGINT NOT NULL,
    "resources" TEXT[],
    "gamma" JSONB NOT NULL,
    "unit_micros" BIGINT NOT NULL,
    "reserve_micros" BIGINT NOT NULL,
    "slot" INTEGER NOT NULL DEFAULT 0,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "market_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "market_lease" (
    "market_id" BIGINT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "owner" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "market_lease_pkey" PRIMARY KEY ("market_id")
);

-- CreateTable
CREATE TABLE "site" (
    "id" BIGSERIAL NOT NULL,
    "market_id" BIGINT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "capacity_milli" BIGINT[],
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "site_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "slot_usage" (
    "market_id" BIGINT NOT NULL,
    "slot" INTEGER NOT NULL,
    "used_milli" BIGINT[],
    "capacity_milli" BIGINT[],

    CONSTRAINT "slot_usage_pkey" PRIMARY KEY ("market_id","slot")
);

-- CreateTable
CREATE TABLE "bid" (
    "id" BIGSERIAL NOT NULL,
    "market_id" BIGINT NOT NULL,
    "organisation_id" BIGINT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "label" TEXT,
    "body" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bid_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "undecided_bid" (
    "market_id" BIGINT NOT NULL,
    "bid_id" BIGINT NOT NULL,

    CONSTRAINT "undecided_bid_pkey" PRIMARY KEY ("market_id","bid_id")
);

-- CreateTable
CREATE TABLE "decision" (
    "bid_id" BIGINT NOT NULL,
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "outcome" "outcome" NOT NULL,
    "arrival_slot" INTEGER NOT NULL,
    "price_version" BIGINT NOT NULL,
    "funds_micros" BIGINT NOT NULL,
    "completion" INTEGER,
    "value_micros" BIGINT,
    "payment_micros" BIGINT NOT NULL DEFAULT 0,
    "reason" JSONB,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("bid_id")
);

-- CreateTable
CREATE TABLE "allocation" (
    "bid_id" BIGINT NOT NULL,
    "market_id" BIGINT NOT NULL,
    "payment_micros" BIGINT NOT NULL,
    "lines" JSONB NOT NULL,

    CONSTRAINT "allocation_pkey" PRIMARY KEY ("bid_id")
);

-- CreateTable
CREATE TABLE "placement" (
    "bid_id" BIGINT NOT NULL,
    "market_id" BIGINT NOT NULL,
    "slot" INTEGER NOT NULL,
    "ps" INTEGER NOT NULL,
    "workers" INTEGER[],
    "home" INTEGER[],
    "moves" INTEGER[],
    "amount_micros" BIGINT NOT NULL,

    CONSTRAINT "placement_pkey" PRIMARY KEY ("bid_id","slot")
);

-- CreateTable
CREATE TABLE "account" (
    "id" BIGSERIAL NOT NULL,
    "organisation_id" BIGINT NOT NULL,
    "kind" "account_kind" NOT NULL,
    "balance_micros" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transfer" (
    "id" BIGSERIAL NOT NULL,
    "kind" "transfer_kind" NOT NULL,
    "debit_account_id" BIGINT NOT NULL,
    "credit_account_id" BIGINT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "market_id" BIGINT,
    "bid_id" BIGINT,
    "slot" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transfer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "entry" (
    "transfer_id" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL,
    "position" BIGSERIAL NOT NULL,
    "amount_micros" BIGINT NOT NULL,

    CONSTRAINT "entry_pkey" PRIMARY KEY ("transfer_id","account_id")
);

-- CreateTable
CREATE TABLE "event" (
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "organisation_id" BIGINT,
    "payload" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_pkey" PRIMARY KEY ("market_id","sequence")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "organisation_id" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("organisation_id","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "organisation_parent_id_name_key" ON "organisation"("parent_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_organisation_id_idx" ON "api_key"("organisation_id");

-- CreateIndex
CREATE UNIQUE INDEX "market_organisation_id_name_key" ON "market"("organisation_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "site_market_id_ordinal_key" ON "site"("market_id", "ordinal");

-- CreateIndex
CREATE UNIQUE INDEX "site_market_id_name_key" ON "site"("market_id", "name");

-- CreateIndex
CREATE INDEX "bid_market_id_id_idx" ON "bid"("market_id", "id");

-- CreateIndex
CREATE INDEX "bid_organisation_id_market_id_id_idx" ON "bid"("organisation_id", "market_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "bid_organisation_id_idempotency_key_key" ON "bid"("organisation_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "undecided_bid_bid_id_key" ON "undecided_bid"("bid_id");

-- CreateIndex
CREATE UNIQUE INDEX "decision_market_id_sequence_key" ON "decision"("market_id", "sequence");

-- CreateIndex
CREATE INDEX "placement_market_id_slot_idx" ON "placement"("market_id", "slot");

-- CreateIndex
CREATE UNIQUE INDEX "account_organisation_id_kind_key" ON "account"("organisation_id", "kind");

-- CreateIndex
CREATE INDEX "transfer_market_id_id_idx" ON "transfer"("market_id", "id");

-- CreateIndex
CREATE INDEX "entry_account_id_position_idx" ON "entry"("account_id", "position");

-- AddForeignKey
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "organisation"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "market" ADD CONSTRAINT "market_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "market_lease" ADD CONSTRAINT "market_lease_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "site" ADD CONSTRAINT "site_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slot_usage" ADD CONSTRAINT "slot_usage_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bid" ADD CONSTRAINT "bid_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bid" ADD CONSTRAINT "bid_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "undecided_bid" ADD CONSTRAINT "undecided_bid_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "undecided_bid" ADD CONSTRAINT "undecided_bid_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "bid"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decision" ADD CONSTRAINT "decision_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "bid"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decision" ADD CONSTRAINT "decision_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "decision"("bid_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "placement" ADD CONSTRAINT "placement_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "allocation"("bid_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_debit_account_id_fkey" FOREIGN KEY ("debit_account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_credit_account_id_fkey" FOREIGN KEY ("credit_account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entry" ADD CONSTRAINT "entry_transfer_id_fkey" FOREIGN KEY ("transfer_id") REFERENCES "transfer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entry" ADD CONSTRAINT "entry_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event" ADD CONSTRAINT "event_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_record" ADD CONSTRAINT "idempotency_record_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
