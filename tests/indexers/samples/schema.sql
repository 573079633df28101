-- Orders of the shop.
CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE parcel (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    weight_grams integer NOT NULL CHECK (weight_grams > 0),
    zone text NOT NULL
);

CREATE INDEX parcel_customer ON parcel (customer_id);

-- What a parcel costs.
CREATE FUNCTION price(p parcel) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT CASE p.zone WHEN 'near' THEN 100 ELSE 200 END
         + p.weight_grams / 100
$$;

CREATE VIEW open_parcel AS
SELECT parcel.*, price(parcel) AS cents
FROM parcel
JOIN customer ON customer.id = parcel.customer_id
WHERE customer.created_at > now() - interval '1 year';

INSERT INTO customer (email) VALUES
    ('anna@example.org'),
    ('boris@example.org');

GRANT SELECT ON open_parcel TO reporting;
