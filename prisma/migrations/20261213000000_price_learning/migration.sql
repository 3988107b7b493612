-- What markets with the learning rule of prices have measured (libs/market/src/learning): how far into its log each is, and the densities of bids.
-- Both follow from the log; what is lost of them is measured again.
CREATE TABLE "price_learning" (
    "market_id" BIGINT NOT NULL,
    "through" BIGINT NOT NULL,
    "since" INTEGER,
    "slot" INTEGER NOT NULL,
    "bids" INTEGER NOT NULL,

    CONSTRAINT "price_learning_pkey" PRIMARY KEY ("market_id")
);

CREATE TABLE "bid_density" (
    "bid_id" BIGINT NOT NULL,
    "market_id" BIGINT NOT NULL,
    "slot" INTEGER NOT NULL,
    "organisation_id" BIGINT NOT NULL,
    "level_micros" BIGINT NOT NULL,
    "slots" INTEGER NOT NULL,
    "shares" JSONB NOT NULL,
    "paid_micros" BIGINT,
    "weight" INTEGER NOT NULL,

    CONSTRAINT "bid_density_pkey" PRIMARY KEY ("bid_id")
);

CREATE INDEX "bid_density_market_id_slot_idx" ON "bid_density"("market_id", "slot");

ALTER TABLE bid_density ADD CONSTRAINT density_is_positive CHECK (level_micros > 0 AND slots > 0 AND weight > 0 AND paid_micros >= 0);
