<?php

use App\Http\Controllers\UserController;
use Illuminate\Support\Facades\Route;

Route::get('/users/{id}', [UserController::class, 'show']);
Route::post('/login', 'SessionController@store');
Route::get('/home', HomeController::class);
Route::get('/hello', function () { return 'hello'; });
