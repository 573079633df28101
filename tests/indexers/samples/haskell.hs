{-# LANGUAGE DerivingStrategies #-}
{-# LANGUAGE OverloadedStrings, TypeFamilies #-}

-- |
-- Module      : Shop.Shipping
-- Description : What it costs to move a parcel
--
-- Parcels are priced by weight and zone.
module Shop.Shipping
  ( Parcel (..)
  , Tariff
  , price
  , module Shop.Units
  ) where

import Control.Monad (forM_, when)
import qualified Data.Map.Strict as Map
import Data.Text (Text, pack)
import Data.List hiding (insert)
import Shop.Units
import Shop.Carrier qualified as C (Carrier (..), quote)

-- | Where a parcel goes.
data Zone = Near | Far !Int
  deriving stock (Eq, Show)

-- | A parcel on its way.
data Parcel = Parcel
  { weight :: Grams -- ^ as measured at the counter
  , zone :: Zone
  }
  deriving (Eq, Ord)

newtype Tariff a = Tariff { runTariff :: Parcel -> Either Refusal a }

type Prices = Map.Map Zone Cents

-- | Why a parcel stays.
data Refusal where
  TooHeavy :: Grams -> Refusal
  NoCarrier :: Refusal

{- | Things that have a price.

Laws: never negative.
-}
class Monoid (Cost a) => Priced a where
  type Cost a
  -- | The price before tax.
  cost :: a -> Cost a
  cost = const mempty
  {-# MINIMAL cost #-}

instance Priced Parcel where
  type Cost Parcel = Cents
  cost parcel = base (weight parcel)
    where base w = fromIntegral w * 2

instance Functor Tariff where
  fmap f (Tariff run) = Tariff (fmap f . run)

deriving instance Show Refusal

-- | The heaviest parcel one person carries.
limit :: Grams
limit = 30000

-- | The price of a parcel.
--
-- >>> price Map.empty parcel
price
  :: (Priced a, HasZone a)
  => Prices -- ^ by zone
  -> a
  -> Either Refusal Cents -- ^ or why it stays
                          --   where it is
price _ parcel
  | heavy parcel = Left (TooHeavy limit)
-- Nobody drives there.
price prices parcel = case Map.lookup (zoneOf parcel) prices of
  Nothing -> Left NoCarrier
  Just cents -> Right (cents + surcharge parcel)
  where
    surcharge p = if heavy p then 500 else 0

heavy, bulky :: Parcel -> Bool
heavy = (> limit) . weight
bulky Parcel { zone = Far n } = n > 10
bulky _ = False

infixl 6 <+>

-- | Adds two prices.
(<+>) :: Cents -> Cents -> Cents
a <+> b = add a b

untyped n = n * 2

pattern Heavy :: Parcel
pattern Heavy <- (heavy -> True)

type family Unit a where
  Unit Grams = Int

foreign import ccall "math.h sin" c_sin :: Double -> Double

main :: IO ()
main = do
  tariff <- C.quote "north"
  forM_ [1 .. 3] $ \n -> print (show n)
  mapM_ (putStrLn . pack) [] `seq` when True (pure ())
