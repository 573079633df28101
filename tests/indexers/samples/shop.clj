(ns shop.core
  "Orders of the shop."
  (:require [clojure.string :as str]
            [shop.money :refer [parse]]))

(def rate 0.19)

;; Pays what is open.
(defn pay
  "Pays an order."
  [order]
  (str/join "," (charge order)))

(defn- hidden [x] (pay x))

(defmacro unless [test body]
  `(if ~test nil ~body))

(defprotocol Priced
  "What has a price."
  (price [this] "Its price."))

(defrecord Order [id lines]
  Priced
  (price [this] (reduce + lines)))

(defmulti area :shape)
(defmethod area :circle [c] (pay c))
