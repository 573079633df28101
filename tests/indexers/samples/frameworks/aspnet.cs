using Microsoft.AspNetCore.Mvc;

[ApiController]
[Route("api/users")]
public class UsersController : ControllerBase
{
    [HttpGet("{id}")]
    public User Get(int id) => null;

    [HttpPost]
    public User Create() => null;
}

public static class Program
{
    public static void Main()
    {
        var app = WebApplication.CreateBuilder().Build();
        var carts = app.MapGroup("/carts");
        app.MapGet("/health", Health);
        carts.MapPost("/{id}", Carts.Add);
    }

    static string Health() => "ok";
}
