import Platform
import Testing
