Rails.application.routes.draw do
  root "pages#home"
  resources :users
  get "/cart/:id", to: "carts#show"
  post "login" => "sessions#create"
  namespace :admin do
    resources :orders
    get "report", to: "admin/reports#index"
  end
end
