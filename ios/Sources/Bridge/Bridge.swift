// The only room that names the generated module. Screens import `Bridge` and use the core's types as they are.
@_exported import PorchlightCore
