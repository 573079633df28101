package shop;

import org.springframework.web.bind.annotation.*;
import org.springframework.context.event.EventListener;

@RestController
@RequestMapping("/users")
class UserController {
    @GetMapping("/{id}")
    User show(long id) { return null; }

    @PostMapping
    User create() { return null; }

    @RequestMapping(value = "/all", method = RequestMethod.GET)
    List<User> all() { return null; }

    @EventListener
    void paid(Paid event) { }

    @DeleteMapping(path = {"/{id}", "/old/{id}"})
    void remove(long id) { }
}
