#include "config/import/import.hpp"
#include "config/load.hpp"
#include "providers/registry.hpp"
#include "runtime/gateway.hpp"
#include "runtime/healthcheck.hpp"
#include "runtime/lifetime.hpp"
#include "telemetry/log.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>

/// For jemalloc, where that is linked: what has been free for a while goes back to the system also
/// when nothing happens that would remind it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:2000";
}

namespace {

using namespace sluice;

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;
constexpr int exit_configuration = 78;  // EX_CONFIG

struct Options {
    ConfigSources sources;
    bool check = false;
    bool print = false;
    std::string health_url = "http://127.0.0.1:8006";
    std::string import_from;
    std::string import_file;
};

void declare(CLI::App& app, Options& options)
{
    auto& sources = options.sources;
    app.set_version_flag("--version", "sluice " SLUICE_VERSION);
    app.add_option("-c,--config", sources.file, "Configuration file")->envname("SLUICE_CONFIG");
    app.add_option("--env-file", sources.env_file, "File of environment variables")
        ->capture_default_str();
    app.add_option(
        "-l,--listen", sources.listen, "Address to listen on, host:port; may be repeated"
    );
    app.add_option("-w,--workers", sources.workers, "Worker threads; 0: one per core")
        ->check(CLI::Range(0, 256));
    app.add_option("--log-level", sources.log_level, "debug, info, warn or error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
    app.add_flag(
        "--demo",
        sources.demo,
        "Serve a mock provider on loopback, with a route that has to fall back"
    );
    app.add_flag("--check-config", options.check, "Check the configuration and exit: 0 or 78");
    app.add_flag(
        "--print-config", options.print, "Print the effective configuration, secrets as ***"
    );
    auto* health =
        app.add_subcommand("healthcheck", "Ask a running gateway whether it lives: exit 0 or 1");
    health->add_option("--url", options.health_url, "Its address")->capture_default_str();
    auto* import =
        app.add_subcommand("import", "Turn another gateway's configuration into one of Sluice");
    import->add_option("--from", options.import_from, "Whose it is: litellm, portkey or bifrost")
        ->required()
        ->check(CLI::IsMember(import_tools));
    import->add_option("FILE", options.import_file, "Its configuration file")->required();
}

int report(const ConfigErrors& errors)
{
    for (const auto& line : errors) std::cerr << line << '\n';
    return exit_configuration;
}

void announce(const LoadedConfig& loaded, const Gateway& gateway)
{
    for (const auto& warning : loaded.warnings) LogLine(LogLevel::warn, warning).write();
    for (const auto& address : gateway.addresses()) {
        LogLine(LogLevel::info, "listening")
            .text("version", SLUICE_VERSION)
            .text("environment", loaded.config.environment)
            .text(
                "address",
                concat(address.address().to_string(), ":", std::to_string(address.port()))
            )
            .flag("authentication", !loaded.config.auth.keys.empty())
            .flag("demo", loaded.config.demo)
            .write();
    }
}

void reload(Gateway& gateway, const ConfigSources& sources)
{
    auto loaded = load_config(sources);
    if (!loaded) {
        for (const auto& line : loaded.error())
            LogLine(LogLevel::error, "configuration refused").text("finding", line).write();
        LogLine(LogLevel::error, "reload failed, the old configuration stays").write();
        gateway.reload_failed();
        return;
    }
    try {
        const auto need_restart = gateway.reload(std::move(loaded->config));
        for (const auto& setting : need_restart)
            LogLine(LogLevel::warn, "changed, but takes effect only after a restart")
                .text("setting", setting)
                .write();
        LogLine(LogLevel::info, "configuration reloaded").write();
    } catch (const std::exception& error) {
        LogLine(LogLevel::error, "reload failed, the old configuration stays")
            .text("reason", error.what())
            .write();
        gateway.reload_failed();
    }
}

int serve(const Options& options, LoadedConfig loaded)
{
    start_log(loaded.config.log.level, loaded.config.log.format);
    const auto server = loaded.config.server;
    Gateway gateway(loaded.config);
    gateway.start();
    announce(loaded, gateway);
    serve_until_told(gateway, server, [&] { reload(gateway, options.sources); });
    stop_log();
    return EXIT_SUCCESS;
}

/// The configuration goes to standard output, what to know about it to standard error.
int import(const Options& options)
{
    const auto imported = import_file(options.import_from, options.import_file);
    if (!imported) {
        std::cerr << "sluice import: " << options.import_file << ": " << imported.error() << '\n';
        return exit_configuration;
    }
    std::cout << imported->yaml;
    std::cerr << imported->report;
    return imported->yaml.empty() ? exit_configuration : EXIT_SUCCESS;
}

int run(const Options& options)
{
    auto loaded = load_config(options.sources);
    if (!loaded) return report(loaded.error());
    if (options.check || options.print) {
        for (const auto& warning : loaded->warnings) std::cerr << warning << '\n';
        if (options.print)
            std::cout << print_config(*loaded);
        else
            std::cout << "configuration is valid\n";
        return EXIT_SUCCESS;
    }
    return serve(options, std::move(*loaded));
}

}  // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app("Sluice, a gateway between programs and model providers", "sluice");
    declare(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? EXIT_SUCCESS : exit_usage;
    }
    if (app.got_subcommand("healthcheck")) return healthcheck(options.health_url);
    if (app.got_subcommand("import")) return import(options);
    block_signals();
    options.sources.environment = process_environment();
    options.sources.provider_types.clear();
    for (const auto& entry : providers()) options.sources.provider_types.emplace_back(entry.type);
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << "sluice: " << error.what() << '\n';
        return exit_failure;
    }
}
