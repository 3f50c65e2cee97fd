// A world that asks everybody for a credential.
#pragma once

#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {

class AccessTest : public ::testing::Test {
  protected:
    /// The text of a token that the operator's file has from now on.
    std::string token(const std::string& name, std::vector<std::string> permissions,
                      std::optional<std::chrono::seconds> life = {}) {
        std::optional<SystemTime> expires;
        if (life) expires = world.clock.wall() + *life;
        const auth::NewToken made =
            auth::make_token(name, *auth::Permissions::parse(permissions), expires, world.clock.wall());
        file.tokens.push_back(made.token);
        world.authenticator.set_credentials(file);
        return made.text;
    }
    std::string admin() { return token("root", {"admin"}); }
    Headers by(const std::string& token) { return {bearer(token)}; }

    World world{{}, World::Start::ready, World::Asks::everybody};
    auth::Credentials file;
};

}  // namespace confcast::api
