-- What shows a market (searches, series, past moments) is kept behind its log, in tables of its own: those that bids are taken in and decided
-- through get no index for it. All of it is made again from the log by `eris rebuild-views`.
-- CreateTable
CREATE TABLE "market_snapshot" (
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "slot" INTEGER NOT NULL,
    "state" JSON NOT NULL,
    "figures" JSON NOT NULL,

    CONSTRAINT "market_snapshot_pkey" PRIMARY KEY ("market_id","sequence")
);

-- CreateTable
CREATE TABLE "view_progress" (
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,

    CONSTRAINT "view_progress_pkey" PRIMARY KEY ("market_id")
);

-- CreateTable
CREATE TABLE "decided_bid" (
    "market_id" BIGINT NOT NULL,
    "bid_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "organisation_id" BIGINT NOT NULL,
    "label" TEXT,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "value_micros" BIGINT NOT NULL,
    "payment_micros" BIGINT NOT NULL,

    CONSTRAINT "decided_bid_pkey" PRIMARY KEY ("market_id","bid_id")
);

-- CreateTable
CREATE TABLE "market_bucket" (
    "market_id" BIGINT NOT NULL,
    "unit" TEXT NOT NULL,
    "at" INTEGER NOT NULL,
    "received" INTEGER NOT NULL,
    "accepted" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "value_micros" DECIMAL(38,0) NOT NULL,
    "payment_micros" DECIMAL(38,0) NOT NULL,
    "wait_ms" BIGINT NOT NULL,
    "wait_ms_max" BIGINT NOT NULL,

    CONSTRAINT "market_bucket_pkey" PRIMARY KEY ("market_id","unit","at")
);

-- CreateTable
CREATE TABLE "market_wait" (
    "market_id" BIGINT NOT NULL,
    "unit" TEXT NOT NULL,
    "at" INTEGER NOT NULL,
    "bin" SMALLINT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "market_wait_pkey" PRIMARY KEY ("market_id","unit","at","bin")
);

-- CreateIndex
CREATE INDEX "market_snapshot_market_id_at_idx" ON "market_snapshot"("market_id", "at");

-- CreateIndex
CREATE INDEX "market_snapshot_market_id_slot_idx" ON "market_snapshot"("market_id", "slot");

-- CreateIndex
CREATE INDEX "decided_bid_market_id_sequence_idx" ON "decided_bid"("market_id", "sequence");

-- CreateIndex
CREATE INDEX "decided_bid_market_id_value_micros_bid_id_idx" ON "decided_bid"("market_id", "value_micros", "bid_id");

-- CreateIndex
CREATE INDEX "decided_bid_market_id_payment_micros_bid_id_idx" ON "decided_bid"("market_id", "payment_micros", "bid_id");

-- CreateIndex
CREATE INDEX "decided_bid_market_id_reason_bid_id_idx" ON "decided_bid"("market_id", "reason", "bid_id");

-- CreateIndex
CREATE INDEX "decided_bid_market_id_organisation_id_bid_id_idx" ON "decided_bid"("market_id", "organisation_id", "bid_id");

-- CreateIndex
CREATE INDEX "decided_bid_market_id_label_bid_id_idx" ON "decided_bid"("market_id", "label" text_pattern_ops, "bid_id");

-- CreateIndex
CREATE INDEX "decided_bid_received_at_idx" ON "decided_bid" USING BRIN ("received_at");
