// Every device in words, what stands around them, and a test button each.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Item {
    id: page

    required property StaffDevicesModel devices

    Component.onCompleted: devices.show()
    Component.onDestruction: devices?.hide()

    ScrollArea {
        anchors.fill: parent
        spacing: Theme.px(20)

        Notice {
            objectName: "summary"
            width: parent.width
            tone: page.devices.troubleCount === 0 ? "good" : "bad"
            text: page.devices.troubleCount === 0 ? qsTr("一切正常") : qsTr("有 %1 处需要处理").arg(page.devices.troubleCount)
            next: page.devices.notFitted !== "" ? qsTr("未配置：%1").arg(page.devices.notFitted) : ""
        }
        Repeater {
            model: page.devices.troubles

            Item {
                id: found

                required property string where
                required property string text
                required property string why
                required property string next

                objectName: "trouble-" + where
                width: parent?.width ?? 0
                height: trouble.implicitHeight + Theme.px(48)

                Card {
                    anchors.fill: parent
                    edge: Theme.badEdge
                }
                DeviceTrouble {
                    id: trouble
                    x: Theme.px(28)
                    y: Theme.px(24)
                    width: parent.width - 2 * x
                    trouble: found.text
                    detail: found.why
                    steps: found.next
                }
            }
        }
        GridLayout {
            width: parent.width
            columns: Theme.portrait ? 1 : 2
            columnSpacing: Theme.px(20)
            rowSpacing: Theme.px(20)
            uniformCellWidths: true

            Repeater {
                model: page.devices.devices

                DeviceCard {
                    required device
                    required kindText
                    required symbol
                    required about
                    required stateText
                    required tone
                    required forText
                    required trouble
                    required detail
                    required steps
                    required lastText
                    required lastAt
                    required paperText
                    required coverText
                    required factsText
                    required testing
                    required testText
                    required testTone

                    objectName: "device-" + device
                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    onTestTouched: page.devices.test(device)
                }
            }
        }
        KioskFacts {
            width: parent.width
            devices: page.devices
        }
    }
}
